#include "server/handlers/health_handler.h"

namespace centralita {

void add_health_handler(Router& router, store::Store& store, policy::CallPolicy& policy) {
  router.add("GET", "/health", Access::kOpen, [](const Exchange& exchange) {
    exchange->reply_json(200,
                         json::Object().set("status", "ok").set("version", CENTRALITA_VERSION));
  });
  const auto ready = [&store, &policy](const Exchange& exchange) {
    const auto status = store.status();
    json::Object database, journal;
    database.set("status", status.healthy ? "ok" : "failing")
        .set("queued", static_cast<std::int64_t>(status.journal.waiting));
    if (!status.healthy)
      database.set("message", status.last_error);
    journal.set("status", status.journal.healthy ? "ok" : "failing")
        .set("in_memory", static_cast<std::int64_t>(status.journal.in_memory));
    if (!status.journal.healthy)
      journal.set("message", status.journal.last_error);
    // Without its database, or without its disk, the server still answers calls and keeps what is
    // said: taking it away from the load balancer would turn a nuisance into an outage.
    // One that refuses calls is ready all the same: nobody but it can tell callers so.
    const auto refused = policy.refusal();
    const auto calls = json::Object().set("status", refused ? refused->code : "taken");
    const bool whole = status.healthy && status.journal.healthy;
    const bool stopping = policy.draining();
    const bool ready = status.can_answer_calls && !stopping;
    exchange->reply_json(ready ? 200 : 503, json::Object()
                                                .set("status", stopping ? "draining"
                                                               : !ready ? "not-ready"
                                                               : whole  ? "ready"
                                                                        : "degraded")
                                                .set("parts", json::Object()
                                                                  .set("database", database)
                                                                  .set("journal", journal)
                                                                  .set("calls", calls)));
  };
  router.add("GET", "/ready", Access::kOpen, ready);
  router.add("GET", "/api/system/health", Access::kOpen, ready);  // the predecessor's name
}

}  // namespace centralita
