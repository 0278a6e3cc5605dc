// The filter of the history as a request says it: in a query's fields, or as members of a body.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/result.h"
#include "server/agents/language.h"
#include "server/http_exchange.h"
#include "server/store/call_filter.h"

namespace centralita {

// from, to (a date of the zone tz, whole; or a moment, ISO 8601), client_type, status, direction,
// end_cause (several with commas between), agent, intent, sentiment, number, q, ids. The error is
// a sentence in `language`. Fields of other names are passed over.
Result<store::CallFilter> read_call_filter(const HttpExchange::Fields& fields,
                                           agents::Language language);

// Whether a filter has a member of that name.
bool is_filter_field(const std::string& name);

// As above, of a body: texts, numbers, and lists of them.
HttpExchange::Fields filter_fields(const json::Object& members);

}  // namespace centralita
