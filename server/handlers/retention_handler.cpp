#include "server/handlers/retention_handler.h"

#include "server/handlers/api.h"
#include "server/store/retention.h"
#include "server/store/stats.h"

namespace centralita {
namespace {

constexpr int kDaysAhead = 7;

struct Outlook {
  std::vector<store::RetentionRule> rules;
  std::vector<store::ExpiringDay> days;
};

Result<Outlook, store::StoreError> look_ahead(store::Connection& connection, int server_days,
                                              const std::string& zone) {
  auto rules = store::list_retention_rules(connection);
  if (!rules)
    return Unexpected(rules.error());
  auto days = store::count_expiring_calls(connection, server_days, kDaysAhead, zone);
  if (!days)
    return Unexpected(days.error());
  return Outlook{std::move(*rules), std::move(*days)};
}

json::Object to_json(const KeptFor& kept, const Outlook& outlook) {
  json::Array agents, upcoming;
  for (const auto& rule : outlook.rules) {
    auto object = json::Object().set("agent_id", rule.agent_id).set("agent", rule.agent);
    if (rule.profile.empty())
      object.set("profile", nullptr);
    else
      object.set("profile", rule.profile);
    agents.add(object.set("days", rule.days));
  }
  for (const auto& day : outlook.days)
    upcoming.add(json::Object().set("date", day.date).set("calls", day.calls));
  return json::Object()
      .set("calls_days", kept.call_days)
      .set("recordings_days", kept.recording_days)
      .set("agents", agents)
      .set("upcoming", upcoming);
}

}  // namespace

void add_retention_handler(Router& router, store::Store& store, const KeptFor& kept) {
  router.add("GET", "/api/v1/retention", Access::kViewer, [&store, kept](const Exchange& exchange) {
    auto zone = exchange->query("tz");
    if (zone.empty())
      zone = "UTC";
    store.read<Outlook>(
        [days = kept.call_days, zone](store::Connection& connection) {
          return look_ahead(connection, days, zone);
        },
        nullptr,
        [exchange, kept](Result<Outlook, store::StoreError> outlook) {
          if (!outlook && outlook.error().code == store::kBadZone)
            return exchange->reply_error(400, store::kBadZone, outlook.error().message);
          if (!outlook)
            return reply_store_error(*exchange, outlook.error());
          exchange->reply_json(200, to_json(kept, *outlook));
        });
  });
}

}  // namespace centralita
