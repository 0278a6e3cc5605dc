// A webhook of Telnyx's Call Control, read: the envelope and what of the payload decides anything.
#pragma once

#include "plugins/base/result.h"

#include <string>

namespace centralita {

struct TelnyxEvent {
  std::string id;           // the same for every delivery of it
  std::string type;         // "call.initiated"
  std::string occurred_at;  // ISO 8601, UTC, microseconds: sorts as text
  int attempt = 1;

  std::string call_control_id, call_session_id, connection_id;
  std::string from, to;
  std::string direction;     // call.initiated: "incoming", "outgoing"
  std::string client_state;  // base64, as it was given
  std::string hangup_cause, hangup_source, sip_hangup_cause;  // call.hangup
  std::string result;                                         // call.machine.*
  std::string digit;                                          // call.dtmf.received
  std::string failure_reason, recording_id;                   // streaming.failed
};

// The error says what is missing. Unknown types and members are none.
Result<TelnyxEvent> parse_telnyx_event(const std::string& body);

}  // namespace centralita
