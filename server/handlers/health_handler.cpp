#include "server/handlers/health_handler.h"

namespace centralita {

void add_health_handler(Router& router, store::Store& store) {
  router.add("GET", "/health", Access::kOpen, [](const Exchange& exchange) {
    exchange->reply_json(200,
                         json::Object().set("status", "ok").set("version", CENTRALITA_VERSION));
  });
  const auto ready = [&store](const Exchange& exchange) {
    const auto status = store.status();
    json::Object database;
    database.set("status", status.healthy ? "ok" : "failing")
        .set("queued", static_cast<std::int64_t>(status.queue_depth));
    if (!status.healthy)
      database.set("message", status.last_error);
    exchange->reply_json(status.healthy ? 200 : 503,
                         json::Object()
                             .set("status", status.healthy ? "ready" : "not-ready")
                             .set("parts", json::Object().set("database", database)));
  };
  router.add("GET", "/ready", Access::kOpen, ready);
  router.add("GET", "/api/system/health", Access::kOpen, ready);  // the predecessor's name
}

}  // namespace centralita
