// The records that the database would not have: an operator tries them again, when what was wrong
// with it has been put right, or throws them away.
#pragma once

#include "server/journal/journal.h"
#include "server/store/agents.h"
#include "server/store/connection.h"
#include "server/store/history.h"

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

}  // namespace centralita::store
