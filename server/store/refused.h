// The records that the database would not have: an operator tries them again, when what was wrong
// with it has been put right, or throws them away. None outlives its call.
#pragma once

#include "server/journal/journal.h"
#include "server/store/agents.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <cstdint>
#include <string>
#include <vector>

namespace centralita::store {

enum class RefusedAction { kRetry, kDiscard };

struct Settled {
  std::vector<std::string> done;  // ids
  // Those that the database refuses again, with what it says.
  std::vector<std::pair<std::string, std::string>> refused;
};

// "RUN:NUMBER", as they are named in the API.
std::string refused_id(const journal::Entry& entry);

// Of the records with these ids, or all with none named; with a line of the audit log. Waits for
// the disk.
Result<Settled, StoreError> settle_refused(Connection& connection, journal::Journal& journal,
                                           RefusedAction action,
                                           const std::vector<std::string>& ids,
                                           const Author& author);

// How many were forgotten: those of calls that are in the history no more, which no retry could
// store, and those put aside more than `days` ago (0: none for its age). Waits for the disk.
Result<std::int64_t, StoreError> forget_stale_refused(Connection& connection,
                                                      journal::Journal& journal, int days);
// The same for calls from or to a number whose beginning itself was refused, so that the history
// does not have them.
std::int64_t forget_refused_of_number(journal::Journal& journal, const std::string& number);

}  // namespace centralita::store
