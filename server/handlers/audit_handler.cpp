#include "server/handlers/audit_handler.h"

#include "server/handlers/api.h"

namespace centralita {
namespace {

using Entries = std::vector<store::AuditEntry>;

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
  const auto limit = page_limit(*exchange, 50);
  if (!limit)
    return;
  std::optional<std::int64_t> before;
  if (const auto text = exchange->query("before"); !text.empty()) {
    before = whole_number(text);
    if (!before)
      return exchange->reply_error(400, "bad-before", "before must be the id of an entry.");
  }
  store.read<Entries>(
      [subject = exchange->query("subject"), before, limit](store::Connection& connection) {
        return store::list_audit(connection, subject, before, *limit);
      },
      nullptr,
      [exchange](Result<Entries, store::StoreError> entries) {
        if (!entries)
          return reply_store_error(*exchange, entries.error());
        json::Array list;
        for (const auto& entry : *entries) list.add(json_of(entry));
        exchange->reply_json(200, json::Object().set("entries", list));
      });
}

}  // namespace

void add_audit_handler(Router& router, store::Store& store) {
  router.add("GET", "/api/v1/audit-log", Access::kAdmin,
             [&store](const Exchange& exchange) { list_entries(store, exchange); });
}

}  // namespace centralita
