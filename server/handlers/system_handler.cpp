#include "server/handlers/system_handler.h"

#include "plugins/base/provider_health.h"
#include "server/handlers/api.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

constexpr std::size_t kLongestReason = 500;

json::Array breakers() {
  json::Array list;
  const auto mono = Clock::monotonic().now();
  const auto wall = std::chrono::system_clock::now();
  for (const auto& service : ProviderHealth::shared().status()) {
    const auto since =
        wall - std::chrono::duration_cast<WallTime::duration>(
                   service.since.count() == 0 ? std::chrono::nanoseconds(0) : mono - service.since);
    json::Object breaker;
    breaker.set("provider", service.provider)
        .set("operation", service.operation)
        .set("endpoint", service.endpoint)
        .set("state", name_of(service.state))
        .set("failures", service.failures)
        .set("since", iso_time(since))
        .set("requests", static_cast<std::int64_t>(service.requests))
        .set("not_sent", static_cast<std::int64_t>(service.refused))
        .set("hedged", static_cast<std::int64_t>(service.hedged));
    if (const auto p95 = service.latencies.p95())
      breaker.set("latency_p95_ms",
                  static_cast<std::int64_t>(
                      std::chrono::duration_cast<std::chrono::milliseconds>(*p95).count()));
    else
      breaker.set("latency_p95_ms", nullptr);
    if (service.last_error.empty())
      breaker.set("last_error", nullptr);
    else
      breaker.set("last_error", service.last_error);
    list.add(breaker);
  }
  return list;
}

json::Object json_of(policy::CallPolicy& policy) {
  const auto stop = policy.stopped();
  const auto refusal = policy.refusal();
  const auto load = policy.load();
  const auto& settings = policy.settings();
  json::Object object;
  object.set("version", CENTRALITA_VERSION)
      .set("instance", policy.instance())
      .set("accepting", !refusal);
  if (stop)
    object.set("stop", json::Object()
                           .set("reason", stop->reason)
                           .set("since", iso_time(stop->since))
                           .set("by", stop->by));
  else
    object.set("stop", nullptr);
  if (refusal)
    object.set("refusing", json::Object().set("code", refusal->code).set("text", refusal->text));
  else
    object.set("refusing", nullptr);
  json::Object admission;
  admission.set("live", load.live);
  if (settings.max_calls > 0)
    admission.set("limit", settings.max_calls);
  else
    admission.set("limit", nullptr);
  const auto ms = [](std::chrono::nanoseconds time) {
    return static_cast<double>(time.count() / 1'000) / 1'000;
  };
  admission.set("lateness_p99_ms", ms(load.lateness));
  const auto level = spdlog::level::to_string_view(spdlog::get_level());
  return object
      .set("errors",
           json::Object()
               .set("in_window", policy.errors_in_window())
               .set("limit", settings.max_errors)
               .set("window_seconds", static_cast<std::int64_t>(settings.error_window.count())))
      .set("admission", admission)
      .set("breakers", breakers())
      .set("log_level", std::string_view(level.data(), level.size()));
}

void stop(policy::CallPolicy& policy, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  const auto reason = body->string("reason").value_or("");
  if (reason.empty() || reason.size() > kLongestReason)
    return exchange->reply_error(422, "bad-request",
                                 "Say in \"reason\", in 1 to 500 bytes, why calls are stopped: "
                                 "others will read it.");
  if (!policy.stop(reason, author_of(*exchange)))
    return exchange->reply_error(409, "already-stopped", "New calls are refused already.");
  exchange->reply_json(200, json_of(policy));
}

void resume(policy::CallPolicy& policy, const Exchange& exchange) {
  // Without a stop there is nothing to do, and what was asked for is so.
  (void)policy.resume(author_of(*exchange));
  exchange->reply_json(200, json_of(policy));
}

json::Object json_of(const store::Incident& incident) {
  json::Object object;
  object.set("id", incident.id).set("kind", incident.kind).set("subject", incident.subject);
  set_time(object, "began", incident.began);
  set_time(object, "ended", incident.ended);
  object.set("reason", incident.reason).set("by", incident.raised_by);
  if (incident.cleared_by.empty())
    object.set("cleared_by", nullptr);
  else
    object.set("cleared_by", incident.cleared_by);
  const auto errors = json::parse("{\"errors\":" + incident.errors + "}");
  const auto list = errors ? errors->object().array("errors") : std::nullopt;
  return object.set("errors", list.value_or(json::Array()));
}

void list_incidents(store::Store& store, const Exchange& exchange) {
  using store::Incident;
  if (const auto page = id_page(*exchange, 50))
    store.read<std::vector<Incident>>(
        [page](store::Connection& connection) {
          return store::list_incidents(connection, page->before, page->limit);
        },
        nullptr, reply_list<Incident>(exchange, "incidents", [](const Incident& incident) {
          return json_of(incident);
        }));
}

}  // namespace

void add_system_handler(Router& router, policy::CallPolicy& policy, store::Store& store) {
  router.add("GET", "/api/v1/system", Access::kViewer,
             [&policy](const Exchange& exchange) { exchange->reply_json(200, json_of(policy)); });
  router.add("POST", "/api/v1/system/stop", Access::kAdmin,
             [&policy](const Exchange& exchange) { stop(policy, exchange); });
  for (const char* path : {"/api/v1/system/resume", "/admin/reset-global-stop"})
    router.add("POST", path, Access::kAdmin,
               [&policy](const Exchange& exchange) { resume(policy, exchange); });
  router.add("GET", "/api/v1/incidents", Access::kViewer,
             [&store](const Exchange& exchange) { list_incidents(store, exchange); });
}

}  // namespace centralita
