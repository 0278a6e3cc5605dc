#include "server/store/queries.h"

#include "plugins/base/json.h"
#include "server/store/call_rows.h"
#include "server/store/sql_text.h"
#include "server/store/text.h"

#include <algorithm>

namespace centralita::store {
namespace {

// $1 and $2 of a statement that finds by number or by text.
std::array<Param, 2> params_of(const std::variant<std::int64_t, std::string>& key) {
  if (const auto* number = std::get_if<std::int64_t>(&key))
    return {Param(*number), Param(nullptr)};
  return {Param(nullptr), Param(clean_text(std::get<std::string>(key)))};
}

// Every stage, once: its member's name and where it is kept.
template <typename Timings, typename Function>
void each_timing(Timings& timings, Function function) {
  function("response_ms", timings.response);
  function("endpointing_ms", timings.endpointing);
  function("stt_ms", timings.stt);
  function("llm_first_token_ms", timings.llm_first_token);
  function("llm_first_clause_ms", timings.llm_first_clause);
  function("tts_first_byte_ms", timings.tts_first_byte);
  function("queue_ms", timings.queue);
  function("heard_ms", timings.heard);
}

CallEvent event_of(const Row& row, const std::string& session_id) {
  return {.session_id = session_id,
          .name = row.text("name"),
          .detail = row.text("detail"),
          .time = row.time("at_us"),
          .since_start = std::chrono::milliseconds(row.integer("since_start_ms"))};
}

ToolFinished tool_of(const Row& row, const std::string& session_id) {
  return {.session_id = session_id,
          .number = static_cast<int>(row.integer("tool_number")),
          .reply = static_cast<std::uint32_t>(row.integer("reply")),
          .id = row.text("model_id"),
          .name = row.text("name"),
          .arguments = row.text("arguments"),
          .result = row.text("result"),
          .ok = row.boolean("ok"),
          .time = row.time("at_us"),
          .since_start = std::chrono::milliseconds(row.integer("since_start_ms")),
          .duration = std::chrono::milliseconds(row.integer("duration_ms"))};
}

TurnTimings decode_timings(std::string_view text) {
  TurnTimings timings;
  const auto document = json::parse(text);
  if (!document)
    return timings;
  const auto object = document->object();
  each_timing(timings, [&](const char* name, std::optional<int>& ms) {
    if (const auto value = object.integer(name))
      ms = static_cast<int>(*value);
  });
  return timings;
}

}  // namespace

static std::optional<RecordingRow> recording_of(const Row& row) {
  auto state = row.text("recording_state");
  if (state.empty())
    return std::nullopt;
  return RecordingRow{.origin = row.text("recording_origin"),
                      .state = std::move(state),
                      .bytes = row.integer("recording_bytes"),
                      .duration = std::chrono::milliseconds(row.integer("recording_ms")),
                      .reference = row.text("recording_reference"),
                      .error = row.text("recording_error")};
}

CallRow call_of(const Row& row) {
  CallRow call{.id = row.integer("id"),
               .session_id = row.text("session_id"),
               .client_type = row.text("client_type"),
               .direction = row.text("direction"),
               .from_number = row.text("from_number"),
               .to_number = row.text("to_number"),
               .provider_call_id = row.text("provider_call_id"),
               .client_state = row.text("client_state"),
               .agent_id = row.optional_integer("agent_id"),
               .agent_name = row.text("agent_name"),
               .status = row.text("status"),
               .end_cause = row.text("end_cause"),
               .error = row.text("error"),
               .extracted_data = row.text("extracted_data"),
               .extraction_state = row.text("extraction_state"),
               .extraction_error = row.text("extraction_error"),
               .usage = row.text("usage"),
               .cost = row.text("cost"),
               .trace_id = row.text("trace_id"),
               .start_time = row.time("start_us"),
               .end_time = row.optional_time("end_us"),
               .recording = recording_of(row)};
  if (const auto days = row.optional_integer("agent_days"))
    call.agent_days = static_cast<int>(*days);
  return call;
}

TurnRow turn_of(const Row& row) {
  TurnRow turn{.role = row.text("role"),
               .content = row.text("content"),
               .generated = row.text("generated"),
               .interrupted = row.boolean("interrupted"),
               .timestamp = row.time("at_us"),
               .timings = decode_timings(row.text("timings"))};
  if (const auto number = row.optional_integer("turn_number"))
    turn.number = static_cast<int>(*number);
  if (const auto ms = row.optional_integer("duration_ms"))
    turn.duration = std::chrono::milliseconds(*ms);
  return turn;
}

Result<CallDetail, StoreError> get_call(Connection& connection, const CallKey& key) {
  const auto calls = connection.query(query_text("get_call"), params_of(key));
  if (!calls)
    return Unexpected(store_error(calls.error()));
  if (calls->empty())
    return Unexpected(StoreError{kNotFound, "There is no such call."});
  CallDetail detail{.call = call_of((*calls)[0])};
  const auto turns = connection.query(query_text("list_turns"), {detail.call.id});
  if (!turns)
    return Unexpected(store_error(turns.error()));
  for (const Row row : *turns) detail.turns.push_back(turn_of(row));
  const auto events = connection.query(query_text("list_call_events"), {detail.call.id});
  if (!events)
    return Unexpected(store_error(events.error()));
  for (const Row row : *events) detail.events.push_back(event_of(row, detail.call.session_id));
  const auto tools = connection.query(query_text("list_tool_calls"), {detail.call.id});
  if (!tools)
    return Unexpected(store_error(tools.error()));
  for (const Row row : *tools) detail.tools.push_back(tool_of(row, detail.call.session_id));
  return detail;
}

StoreError store_error(const DbError& error) {
  // Without its tables the database is not ours yet: the writer is about to make them, or waits for
  // somebody who does.
  const bool not_ours =
      error.sqlstate == "42P01" || error.sqlstate == "42703" || error.sqlstate == "42883";
  return {error.lost || not_ours ? kDatabaseAway : kQueryFailed, error.message};
}

}  // namespace centralita::store
