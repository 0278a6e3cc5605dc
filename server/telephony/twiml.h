// The TwiML documents that the server answers with (twilio.com/docs/voice/twiml).
#pragma once

#include <string>

namespace centralita {

// <Connect><Stream>: a bidirectional media stream, with the token as a <Parameter>. What becomes of
// the stream is told to `status_callback`.
std::string twiml_connect_stream(const std::string& url, const std::string& token,
                                 const std::string& status_callback);

// <Say> and <Hangup>: why the call cannot be taken.
std::string twiml_say_and_hang_up(const std::string& text, const std::string& language);

// <Dial><Number>: hands the caller to another number. An empty `caller_id` leaves the caller's own.
std::string twiml_dial(const std::string& number, const std::string& caller_id);

// <Dial><Conference>: into a room of two, which ends when either leaves.
std::string twiml_conference(const std::string& room);

}  // namespace centralita
