// Calls are deleted in two steps: they are gone from every list at once, and for good some time
// later; until then the act can be undone. All block; they run on the store's own thread, by
// Store::change().
#pragma once

#include "server/store/agents.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <chrono>
#include <string>

namespace centralita::store {

inline constexpr std::chrono::minutes kUndoTime{30};

struct Deletion {
  std::string name;  // for restore_calls(); empty: nothing was deleted
  std::int64_t deleted = 0;
  std::int64_t going_on = 0;  // matched, and left alone
};

// Stored together with the line of the audit log.
Result<Deletion, StoreError> delete_calls(Connection& connection, const CallFilter& filter,
                                          const Author& author);
// How many are back; kNotFound: there is no such deletion, or its time is over.
Result<std::int64_t, StoreError> restore_calls(Connection& connection, const std::string& deletion,
                                               const Author& author);
struct Purged {
  std::int64_t calls = 0;
  std::int64_t untold = 0;  // events of theirs that no webhook had got yet
};
// What nobody can undo any more is deleted for good.
Result<Purged, StoreError> purge_deleted_calls(Connection& connection);

// One line of the audit log about something that was done to a call.
Result<bool, StoreError> audit_call(Connection& connection, const std::string& action,
                                    const std::string& session_id, const std::string& details,
                                    const Author& author);

}  // namespace centralita::store
