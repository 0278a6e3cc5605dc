// Figures of the calls of a time: how many, how they went, how long the agent took to answer.
#pragma once

#include "pipelines/call_records.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace centralita::store {

inline constexpr char kBadZone[] = "bad-time-zone";
// invalid_parameter_value: what PostgreSQL says to a zone it does not know.
inline constexpr char kInvalidParameter[] = "22023";
StoreError bad_zone(const std::string& zone);

struct StatsQuery {
  WallTime from, to;            // calls that began in [from, to)
  std::string bucket = "hour";  // or "day"
  std::string zone = "UTC";     // an IANA name; whose hours and days the buckets are
};

struct StatsBucket {
  WallTime at;  // its beginning
  std::int64_t calls = 0, failed = 0, interrupted = 0;
  std::optional<std::int64_t> p50_ms, p95_ms;  // response times; none without a reply
};

struct StatsStage {
  std::string name;  // "endpointing", "stt", "llm", "tts"
  std::int64_t replies = 0, mean_ms = 0, p50_ms = 0, p95_ms = 0;
};

struct StatsFailure {
  std::string cause;  // an end_cause
  std::int64_t calls = 0;
  std::string example;  // the sentence of one of them
};

struct StatsAgent {
  std::int64_t agent_id = 0;
  std::string agent;
  std::int64_t calls = 0, failed = 0;
};

struct Stats {
  std::string totals, previous;  // JSON objects; previous: the time as long before `from`
  std::vector<StatsBucket> buckets;
  std::vector<StatsStage> stages;
  std::vector<StatsFailure> failures;
  std::vector<StatsAgent> agents;  // the busiest first
};

// kBadZone when PostgreSQL knows no such time zone.
Result<Stats, StoreError> call_stats(Connection& connection, const StatsQuery& query);

}  // namespace centralita::store
