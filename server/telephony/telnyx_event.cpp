#include "server/telephony/telnyx_event.h"

#include "plugins/base/json.h"

namespace centralita {

Result<TelnyxEvent> parse_telnyx_event(const std::string& body) {
  const auto document = json::parse(body);
  if (!document)
    return Unexpected("the body is not JSON: " + document.error());
  const auto data = document->object().object("data");
  if (!data)
    return Unexpected("the body has no \"data\"");
  TelnyxEvent event;
  event.id = data->string("id").value_or("");
  event.type = data->string("event_type").value_or("");
  event.occurred_at = data->string("occurred_at").value_or("");
  if (event.id.empty() || event.type.empty())
    return Unexpected("the event has no id or no event_type");
  if (const auto meta = document->object().object("meta"))
    event.attempt = static_cast<int>(meta->number_or_text("attempt").value_or(1));
  const auto payload = data->object("payload");
  if (!payload)
    return event;
  const auto read = [&](const char* name, std::string& value) {
    value = payload->string(name).value_or("");
  };
  read("call_control_id", event.call_control_id);
  read("call_session_id", event.call_session_id);
  read("connection_id", event.connection_id);
  read("from", event.from);
  read("to", event.to);
  read("direction", event.direction);
  read("client_state", event.client_state);
  read("hangup_cause", event.hangup_cause);
  read("hangup_source", event.hangup_source);
  read("sip_hangup_cause", event.sip_hangup_cause);
  read("result", event.result);
  read("digit", event.digit);
  read("failure_reason", event.failure_reason);
  if (event.type == "call.recording.error")
    read("reason", event.failure_reason);
  read("recording_id", event.recording_id);
  return event;
}

}  // namespace centralita
