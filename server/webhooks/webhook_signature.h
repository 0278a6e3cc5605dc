// The signature of a webhook, by the Standard Webhooks specification 1.0 (standardwebhooks.com),
// for which there are libraries in every language:
//
//   webhook-id:        the event's id, the same at every attempt
//   webhook-timestamp: seconds since 1970 of this attempt
//   webhook-signature: "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace centralita {

// Whether `secret` is one: "whsec_" and base64, as the specification has it, or any text without
// that beginning, which is then the key.
bool is_webhook_secret(std::string_view secret);

// `secret`: for which is_webhook_secret() holds.
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body);

}  // namespace centralita
