#include "server/handlers/refused_handler.h"

#include "server/handlers/api.h"
#include "server/store/refused.h"

namespace centralita {
namespace {

json::Object refused_json(const journal::Refused& record) {
  json::Object object;
  object.set("id", store::refused_id(record.entry))
      .set("kind", record.entry.kind)
      .set("session_id", record.entry.session_id)
      .set("reason", record.reason)
      .set("refused", iso_time(record.at));
  if (const auto body = json::parse(record.entry.body); body && body->is_object())
    object.set("record", body->object());
  else
    object.set("record", record.entry.body);
  return object;
}

void settle(store::Store& store, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  const auto action = body->string("action").value_or("");
  if (action != "retry" && action != "discard")
    return exchange->reply_error(422, "invalid-action", "action must be retry or discard.");
  std::vector<std::string> ids;
  if (const auto named = body->array("ids"))
    ids = named->strings();
  // Everything is thrown away only by whoever says so.
  if (ids.empty() && body->boolean("all") != true)
    return exchange->reply_error(422, "no-records",
                                 "ids must name the records, or all must be true.");
  store.change<store::Settled>(
      [&store, ids, author = author_of(*exchange),
       action = action == "retry" ? store::RefusedAction::kRetry
                                  : store::RefusedAction::kDiscard](store::Connection& connection) {
        return store::settle_refused(connection, store.journal(), action, ids, author);
      },
      nullptr,
      [exchange](Result<store::Settled, store::StoreError> settled) {
        if (!settled)
          return reply_store_error(*exchange, settled.error());
        json::Array done, refused;
        for (const auto& id : settled->done) done.add(id);
        for (const auto& [id, reason] : settled->refused)
          refused.add(json::Object().set("id", id).set("reason", reason));
        exchange->reply_json(200, json::Object().set("done", done).set("refused", refused));
      });
}

}  // namespace

void add_refused_handler(Router& router, store::Store& store) {
  router.add(
      "GET", "/api/v1/system/refused-records", Access::kAdmin, [&store](const Exchange& exchange) {
        const auto limit = page_limit(*exchange, 50);
        if (!limit)
          return;
        const auto total = static_cast<std::int64_t>(store.status().journal.refused);
        // On the store's thread, for it waits for the disk.
        store.read<std::vector<journal::Refused>>(
            [&store, most = static_cast<std::size_t>(*limit)](
                store::Connection&) -> Result<std::vector<journal::Refused>, store::StoreError> {
              return store.journal().refused(most);
            },
            nullptr,
            [exchange, total](Result<std::vector<journal::Refused>, store::StoreError> found) {
              if (!found)
                return reply_store_error(*exchange, found.error());
              json::Array records;
              for (const auto& record : *found) records.add(refused_json(record));
              exchange->reply_json(200, json::Object().set("records", records).set("total", total));
            });
      });
  router.add("POST", "/api/v1/system/refused-records", Access::kAdmin,
             [&store](const Exchange& exchange) { settle(store, exchange); });
}

}  // namespace centralita
