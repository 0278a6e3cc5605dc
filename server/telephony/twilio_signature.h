// X-Twilio-Signature (twilio.com/docs/usage/security#validating-requests): who really sent a
// webhook.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace centralita {

// base64(HMAC-SHA1(token, url + name1 + value1 + ...)), the parameters in byte order of their
// names.
std::string twilio_signature(const std::string& auth_token, const std::string& url,
                             const std::multimap<std::string, std::string>& parameters);

// Whether `signature` is right for the public URL or one of the forms of it that Twilio is known to
// sign (with and without the default port). An empty token accepts nothing.
bool twilio_signature_matches(const std::string& auth_token, const std::string& signature,
                              const std::string& public_url,
                              const std::multimap<std::string, std::string>& parameters);

// The parameters of a form as they are signed: decoded, repeated names kept.
std::multimap<std::string, std::string> form_parameters(const std::string& body);

}  // namespace centralita
