#include "server/handlers/calls_handler.h"

#include "server/event_json.h"
#include "server/handlers/api.h"
#include "server/timings_json.h"

namespace centralita {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using store::StoreError;

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
  return object;
}

template <typename Record>
json::Object with_time(const Record& record) {
  return to_json(record).set("time", iso_time(record.time));
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

void list_calls(store::Store& store, const Exchange& exchange) {
  const auto limit = page_limit(*exchange, store::CallQuery{}.limit);
  if (!limit)
    return;
  store::CallQuery query{.limit = *limit};
  query.cursor = exchange->query("cursor");
  store.list_calls(std::move(query), nullptr, [exchange](Result<store::CallPage, StoreError> page) {
    if (!page)
      return reply_store_error(*exchange, page.error());
    json::Array calls;
    for (const auto& call : page->calls) calls.add(to_json(call));
    json::Object answer;
    answer.set("calls", calls);
    if (page->next_cursor.empty())
      answer.set("next_cursor", nullptr);
    else
      answer.set("next_cursor", page->next_cursor);
    exchange->reply_json(200, answer);
  });
}

void get_call(store::Store& store, const Exchange& exchange) {
  const auto id = whole_number(exchange->id);
  if (!id)
    return exchange->reply_error(404, store::kNotFound, "There is no such call.");
  store.get_call(*id, nullptr, [exchange](Result<store::CallDetail, StoreError> detail) {
    if (!detail)
      return reply_store_error(*exchange, detail.error());
    json::Array turns;
    for (const auto& turn : detail->turns) turns.add(to_json(turn));
    json::Array events, tools;
    for (const auto& event : detail->events) events.add(with_time(event));
    for (const auto& tool : detail->tools) tools.add(with_time(tool));
    exchange->reply_json(200, json::Object()
                                  .set("call", to_json(detail->call))
                                  .set("transcripts", turns)
                                  .set("events", events)
                                  .set("tool_calls", tools));
  });
}

}  // namespace

void add_calls_handler(Router& router, store::Store& store) {
  router.add("GET", "/api/v1/calls", Access::kViewer,
             [&store](const Exchange& exchange) { list_calls(store, exchange); });
  router.add("GET", "/api/v1/calls/{id}", Access::kViewer,
             [&store](const Exchange& exchange) { get_call(store, exchange); });
}

}  // namespace centralita
