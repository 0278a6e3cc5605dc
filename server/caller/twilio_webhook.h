// What Twilio sends to a voice webhook, and how it signs it.
#pragma once

#include "server/caller/wire_twilio.h"

#include <string>

namespace centralita::caller {

// X-Twilio-Signature of a request to `url` with the form fields `fields` (none: a GET or a
// WebSocket's upgrade): base64 of HMAC-SHA1 over the URL and, by name in order of bytes, each name
// and value. Of a repeated name each distinct value counts once.
std::string twilio_signature(const std::string& auth_token, const std::string& url,
                             const Parameters& fields);

// The fields of an incoming call, in the order in which they are posted.
Parameters incoming_call_fields(const TwilioIds& ids, const std::string& from,
                                const std::string& to);

// application/x-www-form-urlencoded.
std::string form_body(const Parameters& fields);

// "CA" and 32 hex digits, unlike every other.
std::string random_sid(const char* prefix);

}  // namespace centralita::caller
