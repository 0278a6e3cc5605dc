#include "server/handlers/audit_handler.h"

#include "server/handlers/api.h"

namespace centralita {
namespace {

json::Object json_of(const store::AuditEntry& entry) {
  json::Object object;
  object.set("id", entry.id)
      .set("at", iso_time(entry.at))
      .set("actor", entry.actor)
      .set("address", entry.address)
      .set("action", entry.action)
      .set("subject", entry.subject);
  const auto details = json::parse(entry.details);
  return object.set("details", details ? details->object() : json::Object());
}

void list_entries(store::Store& store, const Exchange& exchange) {
  if (const auto page = id_page(*exchange, 50))
    store.read<std::vector<store::AuditEntry>>(
        [subject = exchange->query("subject"), page](store::Connection& connection) {
          return store::list_audit(connection, subject, page->before, page->limit);
        },
        nullptr,
        reply_list<store::AuditEntry>(
            exchange, "entries", [](const store::AuditEntry& entry) { return json_of(entry); }));
}

}  // namespace

void add_audit_handler(Router& router, store::Store& store) {
  router.add("GET", "/api/v1/audit-log", Access::kAdmin,
             [&store](const Exchange& exchange) { list_entries(store, exchange); });
}

}  // namespace centralita
