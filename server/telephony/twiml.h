// The TwiML documents that the server answers with (twilio.com/docs/voice/twiml).
#pragma once

#include <string>

namespace centralita {

// <Connect><Stream>: a bidirectional media stream, with the token as a <Parameter>.
std::string twiml_connect_stream(const std::string& url, const std::string& token);

// <Say> and <Hangup>: why the call cannot be taken.
std::string twiml_say_and_hang_up(const std::string& text, const std::string& language);

}  // namespace centralita
