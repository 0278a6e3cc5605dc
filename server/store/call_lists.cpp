#include "server/store/call_lists.h"

#include "server/store/call_rows.h"
#include "server/store/cursor.h"
#include "server/store/queries.h"
#include "server/store/sql_text.h"

#include <algorithm>
#include <map>

namespace centralita::store {
namespace {

constexpr int kLargestPage = 200;
constexpr int kFacetCalls = 5'000;
constexpr int kMostOpen = 500;

Result<Cursor, StoreError> cursor_of(const std::string& text, const CallFilter& filter) {
  const auto cursor = decode_cursor(text);
  if (!cursor)
    return Unexpected(
        StoreError{kBadCursor, "The cursor is not one that a page of calls ended with."});
  if (cursor->filter != filter.fingerprint())
    return Unexpected(StoreError{kBadCursor,
                                 "The cursor belongs to a list with another filter. Begin at its "
                                 "first page."});
  return *cursor;
}

std::string cursor_at(const CallRow& call, const CallFilter& filter) {
  return encode_cursor(
      {std::chrono::floor<std::chrono::microseconds>(call.start_time.time_since_epoch()), call.id,
       filter.fingerprint()});
}

std::string array_of(const std::vector<CallRow>& calls) {
  std::string text = "{";
  for (const auto& call : calls) text += (text.size() > 1 ? "," : "") + std::to_string(call.id);
  return text + "}";
}

}  // namespace

Result<CallPage, StoreError> list_calls(Connection& connection, const CallQuery& query) {
  std::optional<std::int64_t> time, id;
  if (!query.cursor.empty()) {
    const auto cursor = cursor_of(query.cursor, query.filter);
    if (!cursor)
      return Unexpected(cursor.error());
    time = cursor->start_time.count();
    id = cursor->id;
  }
  const int limit = std::clamp(query.limit, 1, kLargestPage);
  // One more than is shown says whether there is another page.
  const auto rows =
      connection.query(query_text("list_calls"),
                       {query.filter.to_json(), time, id, limit + 1, std::max(query.offset, 0)});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  CallPage page;
  for (int i = 0; i < std::min(rows->size(), limit); ++i) page.calls.push_back(call_of((*rows)[i]));
  if (!page.calls.empty())
    page.newest = cursor_at(page.calls.front(), query.filter);
  if (rows->size() > limit)
    page.next_cursor = cursor_at(page.calls.back(), query.filter);
  return page;
}

Result<DetailedPage, StoreError> list_detailed_calls(Connection& connection,
                                                     const CallQuery& query) {
  auto page = list_calls(connection, query);
  if (!page)
    return Unexpected(page.error());
  const auto rows = connection.query(query_text("list_turns_of_calls"), {array_of(page->calls)});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::map<std::int64_t, std::vector<TurnRow>> turns;
  for (const Row row : *rows) turns[row.integer("call_id")].push_back(turn_of(row));
  DetailedPage detailed{.next_cursor = std::move(page->next_cursor)};
  for (auto& call : page->calls) {
    auto& detail = detailed.calls.emplace_back();
    detail.turns = std::move(turns[call.id]);
    detail.call = std::move(call);
  }
  return detailed;
}

Result<std::int64_t, StoreError> count_calls(Connection& connection, const CallFilter& filter,
                                             const std::string& since, int most) {
  std::optional<std::int64_t> time, id;
  if (!since.empty()) {
    const auto cursor = cursor_of(since, filter);
    if (!cursor)
      return Unexpected(cursor.error());
    time = cursor->start_time.count();
    id = cursor->id;
  }
  const auto rows = connection.query(query_text("count_calls"), {filter.to_json(), time, id, most});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return (*rows)[0].integer("number");
}

Result<std::vector<CallFacet>, StoreError> list_call_facets(Connection& connection) {
  const auto rows = connection.query(query_text("list_call_facets"), {kFacetCalls});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<CallFacet> facets;
  for (const Row row : *rows)
    facets.push_back({row.text("facet"), row.text("value"), row.integer("number")});
  return facets;
}

Result<std::vector<CallRow>, StoreError> list_open_calls(Connection& connection) {
  const auto rows = connection.query(query_text("list_open_calls"), {kMostOpen});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<CallRow> calls;
  for (const Row row : *rows) calls.push_back(call_of(row));
  return calls;
}

Result<std::vector<CutOffCall>, StoreError> list_cut_off_calls(Connection& connection) {
  const auto rows = connection.query(query_text("list_cut_off_calls"), {kMostOpen});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<CutOffCall> calls;
  for (const Row row : *rows)
    calls.push_back({row.text("client_type"), row.text("provider_call_id")});
  return calls;
}

}  // namespace centralita::store
