// What the handlers of the API have in common.
#pragma once

#include "pipelines/call_records.h"
#include "server/agents/language.h"
#include "server/http_exchange.h"
#include "server/store/agents.h"
#include "server/store/history.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace centralita {

std::string iso_time(WallTime time);  // ISO 8601, UTC, with milliseconds
void set_time(json::Object& object, const char* name, const std::optional<WallTime>& time);

std::optional<std::int64_t> whole_number(const std::string& text);

// The page size of a list: "limit", 1-200. Empty: it has been refused.
std::optional<int> page_limit(HttpExchange& exchange, int usual);

// Of a list by descending ids: its page size, and "before", the id of the last one of the page
// before. Empty: it has been refused.
struct IdPage {
  int limit;
  std::optional<std::int64_t> before;
};
std::optional<IdPage> id_page(HttpExchange& exchange, int usual);

agents::Language language_of(const HttpExchange& exchange);

// The status that belongs to the error's code, and its sentence in the caller's language where
// there is one.
void reply_store_error(HttpExchange& exchange, const store::StoreError& error);

// For Store::read(): answers {MEMBER: [...]}, each made by `to_json`.
template <typename T, typename ToJson>
auto reply_list(std::shared_ptr<HttpExchange> exchange, const char* member, ToJson to_json) {
  return [exchange = std::move(exchange), member,
          to_json](Result<std::vector<T>, store::StoreError> found) {
    if (!found)
      return reply_store_error(*exchange, found.error());
    json::Array list;
    for (const auto& each : *found) list.add(to_json(each));
    exchange->reply_json(200, json::Object().set(member, list));
  };
}

// Who asks, for the audit log.
store::Author author_of(const HttpExchange& exchange);

// The body as an object; an empty body is an empty one. Empty: it has been refused.
std::optional<json::Object> object_body(HttpExchange& exchange);

}  // namespace centralita
