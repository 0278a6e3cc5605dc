#include "server/handlers/call_json.h"

#include "server/handlers/api.h"
#include "server/timings_json.h"

#include <algorithm>

namespace centralita {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

// What is stored as JSON; null where there is nothing.
void set_stored(json::Object& object, const char* name, const std::string& text) {
  const auto document = json::parse(text);
  if (document && document->is_object())
    object.set(name, document->object());
  else if (document && document->is_array())
    object.set(name, document->array());
  else
    object.set(name, nullptr);
}

json::Object to_json(const store::RecordingRow& recording) {
  return json::Object()
      .set("duration_ms", static_cast<std::int64_t>(recording.duration.count()))
      .set("bytes", recording.bytes)
      .set("origin", recording.origin)
      .set("state", recording.state)
      .set("reference", recording.reference)
      .set("error", recording.error);
}

}  // namespace

json::Object to_json(const store::CallRow& call) {
  json::Object object;
  object.set("id", call.id)
      .set("session_id", call.session_id)
      .set("client_type", call.client_type)
      .set("direction", call.direction)
      .set("from", call.from_number)
      .set("to", call.to_number)
      .set("provider_call_id", call.provider_call_id)
      .set("agent", call.agent_name)
      .set("status", call.status)
      .set("end_cause", call.end_cause)
      .set("error", call.error)
      .set("start_time", iso_time(call.start_time));
  if (call.client_state.empty())
    object.set("client_state", nullptr);
  else
    object.set("client_state", call.client_state);
  if (call.end_time)
    object.set("end_time", iso_time(*call.end_time))
        .set("duration_ms",
             static_cast<std::int64_t>(
                 duration_cast<milliseconds>(*call.end_time - call.start_time).count()));
  else
    object.set("end_time", nullptr).set("duration_ms", nullptr);
  set_stored(object, "extracted_data", call.extracted_data);
  if (call.extraction_state.empty())
    object.set("extraction", nullptr);
  else
    object.set(
        "extraction",
        json::Object().set("state", call.extraction_state).set("error", call.extraction_error));
  set_stored(object, "usage", call.usage);
  set_stored(object, "cost", call.cost);
  if (call.trace_id.empty())
    object.set("trace_id", nullptr);
  else
    object.set("trace_id", call.trace_id);
  if (call.recording)
    object.set("recording", to_json(*call.recording));
  else
    object.set("recording", nullptr);
  return object;
}

json::Object to_json(const store::CallRow& call, const KeptFor& kept) {
  auto object = to_json(call);
  std::optional<WallTime> until, recording_until;
  const int days = call.agent_days.value_or(kept.call_days);
  if (call.end_time && days > 0)
    until = *call.end_time + days * 24h;
  set_time(object, "kept_until", until);
  if (!call.recording)
    return object;
  recording_until = until;
  if (kept.recording_days > 0 && call.recording->origin == "ours") {
    const auto own = call.start_time + kept.recording_days * 24h;
    recording_until = until ? std::min(*until, own) : own;
  }
  auto recording = to_json(*call.recording);
  set_time(recording, "kept_until", recording_until);
  return object.set("recording", recording);
}

json::Object to_json(const store::TurnRow& turn) {
  json::Object object;
  object.set("role", turn.role)
      .set("content", turn.content)
      .set("generated", turn.generated)
      .set("interrupted", turn.interrupted)
      .set("timestamp", iso_time(turn.timestamp))
      .set("timings", to_json(turn.timings));
  if (turn.duration)
    object.set("duration_ms", static_cast<std::int64_t>(turn.duration->count()));
  return object;
}

json::Array to_json(const std::vector<store::TurnRow>& turns) {
  json::Array list;
  for (const auto& turn : turns) list.add(to_json(turn));
  return list;
}

}  // namespace centralita
