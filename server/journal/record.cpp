#include "server/journal/record.h"

#include "server/timings_json.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita::journal {
namespace {

std::int64_t us(WallTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

// The members of a record. json::Object replaces bytes that no text can hold; that it had to is
// worth a line of the log.
class Members {
 public:
  template <typename T>
  Members& add(const char* name, const T& value) {
    if constexpr (std::is_same_v<T, std::string>)
      replaced_ |= !g_utf8_validate(value.data(), static_cast<gssize>(value.size()), nullptr);
    object_.set(name, value);
    return *this;
  }
  const json::Object& object() const { return object_; }
  bool replaced() const { return replaced_; }

 private:
  json::Object object_;
  bool replaced_ = false;
};

// What each kind is called and holds. Everybody's `session_id` and `instance` are added for them.

const char* describe(const CallStarted& call, Members& members) {
  members.add("client_type", call.client_type)
      .add("direction", call.direction)
      .add("provider_call_id", call.provider_call_id)
      .add("client_state", call.client_state)
      .add("from_number", call.from_number)
      .add("to_number", call.to_number)
      .add("agent_name", call.agent_name)
      .add("trace_id", call.trace_id)
      .add("start_time", us(call.start_time));
  if (call.agent_id)
    members.add("agent_id", call.agent_id);
  return "call-started";
}

const char* describe(const CallProgress& progress, Members& members) {
  members.add("status", progress.status);
  return "call-status";
}

const char* describe(const TurnFinished& turn, Members& members) {
  members.add("number", turn.number)
      .add("role", std::string(name_of(turn.role)))
      .add("content", turn.content)
      .add("generated", turn.generated)
      .add("interrupted", turn.interrupted)
      .add("time", us(turn.timestamp))
      .add("timings", to_json(turn.timings));
  if (turn.duration)
    members.add("duration_ms", std::clamp<std::int64_t>(turn.duration->count(), 0, G_MAXINT32));
  return "turn-finished";
}

const char* describe(const CallEnded& end, Members& members) {
  members.add("status", end.status)
      .add("end_cause", end.end_cause)
      .add("error", end.error)
      .add("time", us(end.end_time));
  if (end.usage)
    members.add("usage", to_json(*end.usage));
  if (const auto cost = json::parse(end.cost))
    members.add("cost", cost->object());
  return "call-ended";
}

const char* describe(const CallEvent& event, Members& members) {
  members.add("name", event.name)
      .add("detail", event.detail)
      .add("time", us(event.time))
      .add("since_start_ms", std::int64_t{event.since_start.count()});
  return "call-event";
}

const char* describe(const ToolFinished& tool, Members& members) {
  members.add("number", tool.number)
      .add("reply", std::int64_t{tool.reply})
      .add("id", tool.id)
      .add("name", tool.name)
      .add("arguments", tool.arguments)
      .add("result", tool.result)
      .add("ok", tool.ok)
      .add("time", us(tool.time))
      .add("since_start_ms", std::int64_t{tool.since_start.count()})
      .add("duration_ms", std::int64_t{tool.duration.count()});
  return "tool-finished";
}

const char* describe(const RecordingNote& note, Members& members) {
  members.add("provider_call_id", note.provider_call_id)
      .add("origin", note.origin)
      .add("state", note.state)
      .add("bytes", note.bytes)
      .add("duration_ms", std::int64_t{note.duration.count()})
      .add("reference", note.reference)
      .add("error", note.error);
  return "recording-noted";
}

}  // namespace

Entry encode(const Record& record, const std::string& run, std::int64_t number) {
  Members members;
  Entry entry{.run = run, .number = number};
  entry.kind = std::visit([&](const auto& each) { return describe(each, members); }, record);
  members.add("session_id", session_of(record)).add("instance", run);
  entry.session_id = *members.object().string("session_id");
  entry.body = members.object().to_string();
  if (members.replaced())
    spdlog::warn(
        "journal: the {} held bytes that are not UTF-8, or zero bytes; U+FFFD stands for them",
        label(entry));
  return entry;
}

std::string label(const Entry& entry) {
  std::string number;
  if (const auto body = json::parse(entry.body))
    if (const auto value = body->object().integer("number"))
      number = " " + std::to_string(*value);
  return entry.kind + number + " of call " + entry.session_id;
}

const std::string& session_of(const Record& record) {
  return std::visit([](const auto& each) -> const std::string& { return each.session_id; }, record);
}

int worth(const Record& record) {
  if (std::holds_alternative<CallEvent>(record))
    return 0;
  return std::holds_alternative<CallStarted>(record) || std::holds_alternative<CallEnded>(record)
             ? 2
             : 1;
}

}  // namespace centralita::journal
