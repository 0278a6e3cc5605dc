#include "server/handlers/health_handler.h"

#include "server/handlers/api.h"
#include "server/logging/log.h"
#include "server/store/accounts.h"

#include <spdlog/spdlog.h>

namespace centralita {

void add_health_handler(Router& router, const Readiness& readiness,
                        std::function<bool()> draining) {
  router.add("GET", "/health", Access::kOpen, [](const Exchange& exchange) {
    exchange->reply_json(200,
                         json::Object().set("status", "ok").set("version", CENTRALITA_VERSION));
  });
  const auto ready = [&readiness, draining = std::move(draining)](const Exchange& exchange) {
    const auto answer = readiness.ask();
    const bool leaving = draining();
    exchange->reply_json(answer.ready && !leaving ? 200 : 503,
                         json::Object()
                             .set("status", leaving         ? "draining"
                                            : !answer.ready ? "not-ready"
                                            : answer.whole  ? "ready"
                                                            : "degraded")
                             .set("parts", answer.parts));
  };
  router.add("GET", "/ready", Access::kOpen, ready);
  router.add("GET", "/api/system/health", Access::kOpen, ready);  // the predecessor's name
}

void add_metrics_handler(Router& router, const metrics::Registry& registry) {
  router.add("GET", "/metrics", Access::kViewer, [&registry](const Exchange& exchange) {
    exchange->reply(200, metrics::kContentType, registry.text());
  });
}

void add_log_level_handler(Router& router, store::Store& store) {
  router.add("PUT", "/api/v1/system/log-level", Access::kAdmin, [&store](const Exchange& exchange) {
    const auto body = object_body(*exchange);
    if (!body)
      return;
    const auto level = body->string("level").value_or("");
    const auto before = log_level();
    if (!set_log_level(level))
      return exchange->reply_error(422, "invalid-level",
                                   "level must be trace, debug, info, warning or error.");
    spdlog::info("the log's level is {} now, by {}", level, exchange->identity().name);
    store.change<bool>(
        [author = author_of(*exchange), before, level](store::Connection& connection) {
          return store::add_audit(connection, author, "system.log-level", "system",
                                  json::Object().set("from", before).set("to", level));
        },
        nullptr, [](Result<bool, store::StoreError>) {});
    exchange->reply_json(200, json::Object().set("level", level));
  });
}

}  // namespace centralita
