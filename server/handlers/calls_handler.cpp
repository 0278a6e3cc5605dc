#include "server/handlers/calls_handler.h"

#include "server/event_json.h"
#include "server/handlers/api.h"
#include "server/handlers/call_export.h"
#include "server/handlers/call_filter_query.h"
#include "server/handlers/call_json.h"

namespace centralita {
namespace {

using store::StoreError;

constexpr int kMostCounted = 10'000;

// Empty: it has been refused.
std::optional<store::CallFilter> filter_of(const Exchange& exchange) {
  auto filter = read_call_filter(exchange->query(), language_of(*exchange));
  if (filter)
    return std::move(*filter);
  exchange->reply_error(400, "bad-filter", filter.error());
  return std::nullopt;
}

void set_cursor(json::Object& answer, const char* name, const std::string& cursor) {
  if (cursor.empty())
    answer.set(name, nullptr);
  else
    answer.set(name, cursor);
}

json::Array list_of(const std::vector<store::CallRow>& calls, const KeptFor& kept) {
  json::Array list;
  for (const auto& call : calls) list.add(to_json(call, kept));
  return list;
}

void list_calls(store::Store& store, const KeptFor& kept, const Exchange& exchange) {
  const auto limit = page_limit(*exchange, store::CallQuery{}.limit);
  if (!limit)
    return;
  auto filter = filter_of(exchange);
  if (!filter)
    return;
  store::CallQuery query{.limit = *limit, .filter = std::move(*filter)};
  query.cursor = exchange->query("cursor");
  store.list_calls(std::move(query), nullptr,
                   [exchange, kept](Result<store::CallPage, StoreError> page) {
                     if (!page)
                       return reply_store_error(*exchange, page.error());
                     json::Object answer;
                     answer.set("calls", list_of(page->calls, kept));
                     set_cursor(answer, "next_cursor", page->next_cursor);
                     set_cursor(answer, "newest", page->newest);
                     exchange->reply_json(200, answer);
                   });
}

void count_calls(store::Store& store, const KeptFor&, const Exchange& exchange) {
  auto filter = filter_of(exchange);
  if (!filter)
    return;
  store.read<std::int64_t>(
      [filter = std::move(*filter),
       since = exchange->query("since")](store::Connection& connection) {
        return store::count_calls(connection, filter, since, kMostCounted);
      },
      nullptr,
      [exchange](Result<std::int64_t, StoreError> count) {
        if (!count)
          return reply_store_error(*exchange, count.error());
        exchange->reply_json(
            200, json::Object().set("count", *count).set("capped", *count == kMostCounted));
      });
}

void list_facets(store::Store& store, const KeptFor&, const Exchange& exchange) {
  using Facets = std::vector<store::CallFacet>;
  store.read<Facets>(
      [](store::Connection& connection) { return store::list_call_facets(connection); }, nullptr,
      [exchange](Result<Facets, StoreError> facets) {
        if (!facets)
          return reply_store_error(*exchange, facets.error());
        std::map<std::string, json::Array> lists;
        for (const char* name :
             {"agent", "client_type", "direction", "end_cause", "intent", "sentiment", "status"})
          lists[name];
        for (const auto& facet : *facets)
          lists[facet.name].add(json::Object().set("value", facet.value).set("calls", facet.calls));
        json::Object answer;
        for (const auto& [name, list] : lists) answer.set(name.c_str(), list);
        exchange->reply_json(200, json::Object().set("facets", answer));
      });
}

// What happens in a call is told without its time elsewhere.
template <typename Record>
json::Array timed(const std::vector<Record>& records) {
  json::Array list;
  for (const auto& record : records) list.add(to_json(record).set("time", iso_time(record.time)));
  return list;
}

void get_call(store::Store& store, const KeptFor& kept, const Exchange& exchange) {
  const auto id = whole_number(exchange->id);
  if (!id)
    return exchange->reply_error(404, store::kNotFound, "There is no such call.");
  store.get_call(*id, nullptr, [exchange, kept](Result<store::CallDetail, StoreError> detail) {
    if (!detail)
      return reply_store_error(*exchange, detail.error());
    exchange->reply_json(200, json::Object()
                                  .set("call", to_json(detail->call, kept))
                                  .set("transcripts", to_json(detail->turns))
                                  .set("events", timed(detail->events))
                                  .set("tool_calls", timed(detail->tools)));
  });
}

void export_some(store::Store& store, const KeptFor&, const Exchange& exchange) {
  const auto format = exchange->query("format");
  if (!format.empty() && format != "csv" && format != "json")
    return exchange->reply_error(400, "bad-format", "format must be csv or json.");
  auto filter = filter_of(exchange);
  if (!filter)
    return;
  using Format = ExportOptions::Format;
  export_calls(store, exchange,
               {.format = format == "json" ? Format::kJson : Format::kCsv,
                .filter = std::move(*filter),
                .zone = *Zone::named(exchange->query("tz")),
                .byte_order_mark = exchange->query("bom") == "true"});
}

// The predecessor counted its pages.
void list_rows(store::Store& store, const KeptFor& kept, const Exchange& exchange) {
  const auto limit = page_limit(*exchange, store::CallQuery{}.limit);
  if (!limit)
    return;
  const auto page = exchange->query("page").empty() ? 1 : whole_number(exchange->query("page"));
  if (!page || *page < 1 || *page > 100'000)
    return exchange->reply_error(400, "bad-page", "page must be a whole number from 1 on.");
  auto filter = filter_of(exchange);
  if (!filter)
    return;
  struct Rows {
    store::CallPage page;
    std::int64_t total = 0;
  };
  store.read<Rows>(
      [query = store::CallQuery{.limit = *limit,
                                .filter = std::move(*filter),
                                .offset = static_cast<int>(*page - 1) * *limit}](
          store::Connection& connection) -> Result<Rows, StoreError> {
        auto rows = store::list_calls(connection, query);
        if (!rows)
          return Unexpected(rows.error());
        const auto total = store::count_calls(connection, query.filter, "", kMostCounted);
        if (!total)
          return Unexpected(total.error());
        return Rows{std::move(*rows), *total};
      },
      nullptr,
      [exchange, kept, page = *page, limit = *limit](Result<Rows, StoreError> rows) {
        if (!rows)
          return reply_store_error(*exchange, rows.error());
        exchange->reply_json(200, json::Object()
                                      .set("calls", list_of(rows->page.calls, kept))
                                      .set("page", page)
                                      .set("pages", (rows->total + limit - 1) / limit)
                                      .set("total", rows->total));
      });
}

}  // namespace

void add_calls_handler(Router& router, store::Store& store, const KeptFor& kept) {
  const auto add = [&](const char* path,
                       void (*handler)(store::Store&, const KeptFor&, const Exchange&)) {
    router.add("GET", path, Access::kViewer, [&store, kept, handler](const Exchange& exchange) {
      handler(store, kept, exchange);
    });
  };
  add("/api/v1/calls", list_calls);
  add("/api/v1/calls/count", count_calls);
  add("/api/v1/calls/facets", list_facets);
  add("/api/v1/calls/export", export_some);
  add("/api/v1/calls/{id}", get_call);
  // The predecessor's names.
  add("/api/history/rows", list_rows);
  add("/api/history/{id}/detail", get_call);
}

}  // namespace centralita
