// For how long the calls of the history are kept, and which are about to be deleted.
#pragma once

#include "server/store/connection.h"
#include "server/store/history.h"

#include <cstdint>
#include <string>
#include <vector>

namespace centralita::store {

// An agent that says so itself.
struct RetentionRule {
  std::int64_t agent_id = 0;
  std::string agent;
  std::string profile;  // "browser", "twilio", "telnyx"; empty: all of its calls
  int days = 0;
};

struct ExpiringDay {
  std::string date;  // "2026-05-01"
  std::int64_t calls = 0;
};

Result<std::vector<RetentionRule>, StoreError> list_retention_rules(Connection& connection);

// Of the next `ahead` days, those on which calls will be deleted. `server_days`: for how long a
// call is kept where its agent says nothing, 0: for ever. `zone`: whose days they are, kBadZone of
// stats.h when PostgreSQL knows none of that name.
Result<std::vector<ExpiringDay>, StoreError> count_expiring_calls(Connection& connection,
                                                                  int server_days, int ahead,
                                                                  const std::string& zone);

}  // namespace centralita::store
