// The history's statements of sql/queries, one function each. All block; they run on the store's
// own threads. The agents' are in agents.h; what writes the
// history is the journal's (journal_writer.h).
#pragma once

#include "pipelines/call_records.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <variant>

namespace centralita::store {

// Reading. Lists of calls are in call_lists.h.
using CallKey = std::variant<std::int64_t, std::string>;  // id or session_id
Result<CallDetail, StoreError> get_call(Connection& connection, const CallKey& key);

StoreError store_error(const DbError& error);

}  // namespace centralita::store
