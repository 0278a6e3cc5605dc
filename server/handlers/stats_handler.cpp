#include "server/handlers/stats_handler.h"

#include "plugins/base/date_ref.h"
#include "server/handlers/api.h"
#include "server/store/stats.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kUsual = 24h;
constexpr int kMostBuckets = 1000;

// A time in ISO 8601 with an offset; empty when it is none.
std::optional<WallTime> time_of(const std::string& text) {
  const auto time = Ref<GDateTime>::adopt(g_date_time_new_from_iso8601(text.c_str(), nullptr));
  if (!time)
    return std::nullopt;
  return WallTime(std::chrono::seconds(g_date_time_to_unix(time.get())) +
                  std::chrono::microseconds(g_date_time_get_microsecond(time.get())));
}

// Empty: it has been refused.
std::optional<store::StatsQuery> query_of(HttpExchange& exchange) {
  const auto refuse = [&](const char* code, const char* why) {
    exchange.reply_error(400, code, why);
    return std::nullopt;
  };
  store::StatsQuery query{.to = std::chrono::system_clock::now()};
  if (const auto text = exchange.query("to"); !text.empty()) {
    const auto to = time_of(text);
    if (!to)
      return refuse("bad-time", "to must be a time such as 2026-03-05T00:00:00-06:00.");
    query.to = *to;
  }
  query.from = query.to - kUsual;
  if (const auto text = exchange.query("from"); !text.empty()) {
    const auto from = time_of(text);
    if (!from)
      return refuse("bad-time", "from must be a time such as 2026-03-05T00:00:00-06:00.");
    query.from = *from;
  }
  if (query.from >= query.to)
    return refuse("bad-time", "from must be before to.");
  if (const auto bucket = exchange.query("bucket"); !bucket.empty())
    query.bucket = bucket;
  if (query.bucket != "hour" && query.bucket != "day")
    return refuse("bad-bucket", "bucket must be hour or day.");
  if ((query.to - query.from) / (query.bucket == "hour" ? 1h : 24h) > kMostBuckets)
    return refuse("bad-time",
                  "The time is longer than 1000 hours or days. Ask for less at a time.");
  if (const auto zone = exchange.query("tz"); !zone.empty())
    query.zone = zone;
  return query;
}

json::Object object_of(const std::string& text) {
  const auto document = json::parse(text);
  return document && document->is_object() ? document->object() : json::Object();
}

json::Object to_json(const store::StatsQuery& query, const store::Stats& stats) {
  json::Array buckets, stages, failures, agents;
  for (const auto& bucket : stats.buckets)
    buckets.add(json::Object()
                    .set("at", iso_time(bucket.at))
                    .set("calls", bucket.calls)
                    .set("failed", bucket.failed)
                    .set("interrupted", bucket.interrupted)
                    .set("response_p50_ms", bucket.p50_ms)
                    .set("response_p95_ms", bucket.p95_ms));
  for (const auto& stage : stats.stages)
    stages.add(json::Object()
                   .set("name", stage.name)
                   .set("replies", stage.replies)
                   .set("mean_ms", stage.mean_ms)
                   .set("p50_ms", stage.p50_ms)
                   .set("p95_ms", stage.p95_ms));
  for (const auto& failure : stats.failures)
    failures.add(json::Object()
                     .set("cause", failure.cause)
                     .set("calls", failure.calls)
                     .set("example", failure.example));
  for (const auto& agent : stats.agents)
    agents.add(json::Object()
                   .set("agent_id", agent.agent_id)
                   .set("agent", agent.agent)
                   .set("calls", agent.calls)
                   .set("failed", agent.failed));
  return json::Object()
      .set("from", iso_time(query.from))
      .set("to", iso_time(query.to))
      .set("bucket", query.bucket)
      .set("tz", query.zone)
      .set("totals", object_of(stats.totals))
      .set("previous", object_of(stats.previous))
      .set("buckets", buckets)
      .set("stages", stages)
      .set("failures", failures)
      .set("agents", agents);
}

}  // namespace

void add_stats_handler(Router& router, store::Store& store) {
  router.add("GET", "/api/v1/stats", Access::kViewer, [&store](const Exchange& exchange) {
    const auto query = query_of(*exchange);
    if (!query)
      return;
    store.read<store::Stats>(
        [query = *query](store::Connection& connection) {
          return store::call_stats(connection, query);
        },
        nullptr,
        [exchange, query = *query](Result<store::Stats, store::StoreError> stats) {
          if (!stats && stats.error().code == store::kBadZone)
            return exchange->reply_error(400, store::kBadZone, stats.error().message);
          if (!stats)
            return reply_store_error(*exchange, stats.error());
          exchange->reply_json(200, to_json(query, *stats));
        });
  });
}

}  // namespace centralita
