// What the environment tells about the carriers. Every variable is in docs/env.md.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/result.h"
#include "plugins/base/retry.h"
#include "server/telephony/telnyx_signature.h"

#include <optional>
#include <string>
#include <vector>

namespace centralita {

// How long one try of a command may take, and how often it is tried (carrier_http.h says when).
// Not of the environment.
struct CommandPatience {
  HttpDeadlines deadlines;
  RetryPolicy retry;
};

struct TwilioSettings {
  std::string auth_token;   // TWILIO_AUTH_TOKEN; empty: Twilio's webhooks are refused
  std::string account_sid;  // TWILIO_ACCOUNT_SID; empty: no commands, no outbound calls
  // TWILIO_API_KEY and TWILIO_API_SECRET: used instead of the account's own token for commands.
  std::string api_key, api_secret;
  std::string api_url = "https://api.twilio.com";  // TWILIO_API_URL, without a slash at its end
  std::string from_number;                         // TWILIO_FROM_NUMBER: of outbound calls
  CommandPatience patience{
      .deadlines = {.first_byte = std::chrono::seconds(8), .stall = std::chrono::seconds(4)},
      .retry = {.tries = 4,
                .first_pause = std::chrono::milliseconds(250),
                .longest_pause = std::chrono::milliseconds(4000)}};

  bool can_command() const {
    return !account_sid.empty() && (!auth_token.empty() || !api_key.empty());
  }
};

struct TelnyxSettings {
  enum class Codec { kPcmu, kPcma, kL16, kL16Narrow };
  enum class ByteOrder { kDetect, kLittle, kBig };

  std::optional<TelnyxPublicKey> public_key;  // TELNYX_PUBLIC_KEY; none: webhooks are refused
  std::string api_key;                        // TELNYX_API_KEY; empty: calls cannot be answered
  std::string connection_id;                  // TELNYX_CONNECTION_ID: of outbound calls
  std::string from_number;                    // TELNYX_FROM_NUMBER
  std::string api_url = "https://api.telnyx.com/v2";  // TELNYX_API_URL
  Codec codec = Codec::kPcmu;                         // TELNYX_CODEC: PCMU, PCMA, L16, L16-8000
  ByteOrder l16_byte_order = ByteOrder::kDetect;      // TELNYX_L16_BYTE_ORDER: auto, little, big
  std::string noise_suppression;  // TELNYX_NOISE_SUPPRESSION: an engine's name; empty: off
  // All of it within the minute in which an identical command is ignored.
  CommandPatience patience{.deadlines = {.connect = std::chrono::milliseconds(3000),
                                         .first_byte = std::chrono::milliseconds(3000),
                                         .stall = std::chrono::milliseconds(2000)},
                           .retry = {.tries = 5,
                                     .first_pause = std::chrono::milliseconds(200),
                                     .longest_pause = std::chrono::milliseconds(3000)}};

  bool can_command() const { return !api_key.empty(); }
};

// What outbound calls may cost and whom they may reach. A call outside of these is refused before
// any carrier hears of it.
struct OutboundSettings {
  int concurrent = 10;                        // OUTBOUND_MAX_CONCURRENT
  int per_hour = 100;                         // OUTBOUND_MAX_PER_HOUR
  double cost_per_minute = 0.02;              // OUTBOUND_COST_PER_MINUTE
  double daily_spend = 10;                    // OUTBOUND_DAILY_SPEND, in the same money
  std::vector<std::string> allowed_prefixes;  // OUTBOUND_ALLOWED_PREFIXES: "+52,+1212"; none: no
                                              // outbound calls
  std::string state_file;  // what has been placed and spent; empty: kept in memory only
};

struct CarrierSettings {
  TwilioSettings twilio;
  TelnyxSettings telnyx;
  OutboundSettings outbound;
  // TRUSTED_PROXIES: addresses and networks whose X-Forwarded-* headers are believed.
  std::vector<std::string> trusted_proxies;
};

// Adds a sentence to `mistakes` for everything that is wrong.
CarrierSettings read_carrier_settings(std::vector<std::string>& mistakes);

}  // namespace centralita
