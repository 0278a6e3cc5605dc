#include "server/store/stats.h"

#include "server/store/queries.h"
#include "server/store/sql_text.h"
#include "server/store/text.h"

namespace centralita::store {
namespace {

std::int64_t microseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

Result<std::string, DbError> totals(Connection& connection, WallTime from, WallTime to) {
  const auto rows =
      connection.query(query_text("stats_totals"), {microseconds(from), microseconds(to)});
  if (!rows)
    return Unexpected(rows.error());
  return (*rows)[0].text("totals");
}

}  // namespace

StoreError bad_zone(const std::string& zone) {
  return {kBadZone, "There is no time zone " + zone + "; write it as America/Mexico_City or UTC."};
}

Result<Stats, StoreError> call_stats(Connection& connection, const StatsQuery& query) {
  Stats stats;
  const auto from = microseconds(query.from), to = microseconds(query.to);

  const auto buckets = connection.query(query_text("stats_buckets"),
                                        {from, to, query.bucket, clean_text(query.zone)});
  if (!buckets && buckets.error().sqlstate == kInvalidParameter)
    return Unexpected(bad_zone(query.zone));
  if (!buckets)
    return Unexpected(store_error(buckets.error()));
  for (const Row row : *buckets)
    stats.buckets.push_back({.at = row.time("at_us"),
                             .calls = row.integer("calls"),
                             .failed = row.integer("failed"),
                             .interrupted = row.integer("interrupted"),
                             .p50_ms = row.optional_integer("p50_ms"),
                             .p95_ms = row.optional_integer("p95_ms")});

  auto now = totals(connection, query.from, query.to);
  if (!now)
    return Unexpected(store_error(now.error()));
  stats.totals = std::move(*now);
  auto before = totals(connection, query.from - (query.to - query.from), query.from);
  if (!before)
    return Unexpected(store_error(before.error()));
  stats.previous = std::move(*before);

  const auto stages = connection.query(query_text("stats_stages"), {from, to});
  if (!stages)
    return Unexpected(store_error(stages.error()));
  for (const Row row : *stages)
    stats.stages.push_back({.name = row.text("name"),
                            .replies = row.integer("replies"),
                            .mean_ms = row.integer("mean_ms"),
                            .p50_ms = row.integer("p50_ms"),
                            .p95_ms = row.integer("p95_ms")});

  const auto failures = connection.query(query_text("stats_failures"), {from, to});
  if (!failures)
    return Unexpected(store_error(failures.error()));
  for (const Row row : *failures)
    stats.failures.push_back({.cause = row.text("cause"),
                              .calls = row.integer("calls"),
                              .example = row.text("example")});

  const auto agents = connection.query(query_text("stats_agents"), {from, to});
  if (!agents)
    return Unexpected(store_error(agents.error()));
  for (const Row row : *agents)
    stats.agents.push_back({.agent_id = row.integer("agent_id"),
                            .agent = row.text("agent"),
                            .calls = row.integer("calls"),
                            .failed = row.integer("failed")});
  return stats;
}

}  // namespace centralita::store
