#include "server/store/retention.h"

#include "server/store/queries.h"
#include "server/store/sql_text.h"
#include "server/store/stats.h"
#include "server/store/text.h"

namespace centralita::store {

Result<std::vector<RetentionRule>, StoreError> list_retention_rules(Connection& connection) {
  const auto rows = connection.query(query_text("list_retention_rules"));
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<RetentionRule> rules;
  for (const Row row : *rows)
    rules.push_back({.agent_id = row.integer("id"),
                     .agent = row.text("name"),
                     .profile = row.text("profile"),
                     .days = static_cast<int>(row.integer("days"))});
  return rules;
}

Result<std::vector<ExpiringDay>, StoreError> count_expiring_calls(Connection& connection,
                                                                  int server_days, int ahead,
                                                                  const std::string& zone) {
  const auto rows =
      connection.query(query_text("count_expiring_calls"), {server_days, ahead, clean_text(zone)});
  if (!rows && rows.error().sqlstate == kInvalidParameter)
    return Unexpected(bad_zone(zone));
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<ExpiringDay> days;
  for (const Row row : *rows)
    days.push_back({.date = row.text("day"), .calls = row.integer("calls")});
  return days;
}

}  // namespace centralita::store
