// What the handlers of the API have in common.
#pragma once

#include "pipelines/call_records.h"
#include "server/agents/language.h"
#include "server/http_exchange.h"
#include "server/store/agents.h"
#include "server/store/history.h"

#include <cstdint>
#include <optional>
#include <string>

namespace centralita {

std::string iso_time(WallTime time);  // ISO 8601, UTC, with milliseconds
void set_time(json::Object& object, const char* name, const std::optional<WallTime>& time);

std::optional<std::int64_t> whole_number(const std::string& text);

// The page size of a list: "limit", 1-200. Empty: it has been refused.
std::optional<int> page_limit(HttpExchange& exchange, int usual);

agents::Language language_of(const HttpExchange& exchange);

// The status that belongs to the error's code, and its sentence in the caller's language where
// there is one.
void reply_store_error(HttpExchange& exchange, const store::StoreError& error);

// Who asks, for the audit log.
store::Author author_of(const HttpExchange& exchange);

// The body as an object; an empty body is an empty one. Empty: it has been refused.
std::optional<json::Object> object_body(HttpExchange& exchange);

}  // namespace centralita
