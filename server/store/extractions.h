// The queue of calls whose conversation is still to be read, which is a column of theirs: several
// servers share it, and a restart loses nothing. All block; for the store's own threads.
#pragma once

#include "server/store/connection.h"
#include "server/store/history.h"
#include "server/store/queries.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace centralita::store {

struct ClaimedCall {
  std::int64_t id = 0;
  int tries = 0;  // this one included
};

// The oldest call that is due, now being read by who asks; empty: there is none. One that somebody
// has been reading for five minutes is due again.
Result<std::optional<ClaimedCall>, StoreError> claim_extraction(Connection& connection);

struct ExtractionOutcome {
  std::int64_t id = 0;
  std::string state;  // "done", "skipped", "failed", or "waiting" for another try
  std::string data;   // JSON; empty: what was there stays
  std::string error;
  std::chrono::seconds wait{0};  // before another try, at the least
};
Result<int, StoreError> finish_extraction(Connection& connection, const ExtractionOutcome& outcome);

// To be read (again). kNotFound; kNotEnded while the call goes on.
inline constexpr char kNotEnded[] = "not-ended";
Result<int, StoreError> ask_for_extraction(Connection& connection, const CallKey& key);

}  // namespace centralita::store
