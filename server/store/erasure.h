// Calls that are deleted for good, transcripts and all: because their time is over, or because
// whoever called wants it so. All block; they run on the store's own thread, by Store::change().
#pragma once

#include "server/store/agents.h"

#include <string>
#include <vector>

namespace centralita::store {

// Those that were kept as long as their agent says, or `default_days` (0: for ever) where it says
// nothing; `most` at a time. Gives the session ids: what is kept outside of the database is the
// caller's to delete.
Result<std::vector<std::string>, StoreError> delete_expired_calls(Connection& connection,
                                                                  int default_days, int most);

// Numbers are the same when their digits are.
std::string digits_of(const std::string& number);
// "…78": of a number what a log may keep.
std::string masked_number(const std::string& number);

struct Erasure {
  std::vector<std::string> session_ids;
  std::int64_t going_on = 0;  // calls of that number which have not ended; they were left alone
};

// Every ended call from or to the number, in whichever way it is written. The line of the audit log
// says how many, and of the number its last two digits.
Result<Erasure, StoreError> erase_number(Connection& connection, const std::string& number,
                                         const Author& author);

}  // namespace centralita::store
