// What POST /api/v1/calls is asked for, checked.
#pragma once

#include "plugins/base/json.h"

#include <map>
#include <string>
#include <vector>

namespace centralita {

struct Voicemail {
  enum class Action {
    kIgnore,        // nobody listens for a machine
    kHangUp,        // as soon as one is found
    kLeaveMessage,  // when its greeting is over
  };
  Action action = Action::kIgnore;
  std::string message;
};

struct OutboundRequest {
  std::string to, from;  // E.164; an empty `from` is the carrier's number of the settings
  std::string carrier;   // "twilio", "telnyx"; empty: the one that is configured
  std::string agent;     // empty: the default one
  std::map<std::string, std::string> variables;
  std::string client_state;  // opaque
  Voicemail voicemail;
  int ring_seconds = 45;
  std::string trace_id;  // of the request itself; empty: it named none
};

// "+" and 8 to 15 digits.
bool is_e164(const std::string& number);

// All that is wrong, one sentence each.
Result<OutboundRequest, std::vector<std::string>> read_outbound_request(const json::Object& body);

}  // namespace centralita
