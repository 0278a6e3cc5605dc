// The history's statements of sql/queries, one function each. All block; they run on the store's
// own threads. The agents' are in agents.h.
#pragma once

#include "pipelines/call_records.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <variant>

namespace centralita::store {

// Writing. What is returned is the number of rows touched. Each may be done again with the same
// outcome, so that one whose fate is unknown is simply repeated.
Result<std::int64_t, DbError> start_call(Connection& connection, const CallStarted& call);
// 0: there is no such call.
Result<std::int64_t, DbError> finish_turn(Connection& connection, const TurnFinished& turn);
Result<std::int64_t, DbError> set_call_status(Connection& connection, const CallProgress& progress);
Result<std::int64_t, DbError> end_call(Connection& connection, const CallEnded& end);
// 0: there is no such call, or it is there already.
Result<std::int64_t, DbError> add_call_event(Connection& connection, const CallEvent& event);
Result<std::int64_t, DbError> add_tool_call(Connection& connection, const ToolFinished& tool);
// Ends every call that still counts as active.
Result<std::int64_t, DbError> close_abandoned_calls(Connection& connection);

// Reading. Lists of calls are in call_lists.h.
using CallKey = std::variant<std::int64_t, std::string>;  // id or session_id
Result<CallDetail, StoreError> get_call(Connection& connection, const CallKey& key);
// The members of transcripts.timings, as the history's readers get them too: "response_ms"...
std::string encode_timings(const TurnTimings& timings);
TurnTimings decode_timings(std::string_view document);

StoreError store_error(const DbError& error);

}  // namespace centralita::store
