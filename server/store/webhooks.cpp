#include "server/store/webhooks.h"

#include "server/store/accounts.h"
#include "server/store/queries.h"
#include "server/store/sql_text.h"
#include "server/store/text.h"
#include "server/store/transaction.h"

#include <sstream>

namespace centralita::store {
namespace {

Webhook webhook_of(const Row& row) {
  Webhook webhook{.id = row.integer("id"),
                  .url = row.text("url"),
                  .secret_env = row.text("secret_env"),
                  .enabled = row.boolean("enabled")};
  std::istringstream events(row.text("events"));
  for (std::string event; events >> event;) webhook.events.push_back(event);
  return webhook;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string subject_of(std::int64_t webhook) { return "webhook:" + std::to_string(webhook); }

json::Object details_of(const Webhook& webhook) {
  return json::Object()
      .set("url", webhook.url)
      .set("events", joined(webhook.events))
      .set("secret_env", webhook.secret_env)
      .set("enabled", webhook.enabled);
}

StoreError no_webhook() { return {kNotFound, "There is no such webhook."}; }

Step audit(Connection& connection, const Author& author, const char* action,
           const std::string& subject, const json::Object& details) {
  const auto added = add_audit(connection, author, action, subject, details);
  return added ? std::nullopt : std::optional(added.error());
}

Delivery delivery_of(const Row& row) {
  return {.id = row.integer("id"),
          .webhook_id = row.integer("webhook_id"),
          .event_id = row.text("event_id"),
          .event = row.text("event"),
          .state = row.text("state"),
          .attempts = row.integer("attempts"),
          .last_status = row.optional_integer("last_status"),
          .last_error = row.text("last_error"),
          .next_attempt = row.time("next_us"),
          .created_at = row.time("created_us")};
}

Result<Delivery, StoreError> get_delivery(Connection& connection, std::int64_t id) {
  const auto rows =
      connection.query(query_text("list_webhook_deliveries"), {nullptr, nullptr, nullptr, id, 1});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, "There is no such delivery."});
  return delivery_of((*rows)[0]);
}

}  // namespace

Result<std::vector<Webhook>, StoreError> list_webhooks(Connection& connection) {
  const auto rows = connection.query(query_text("list_webhooks"), {nullptr});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<Webhook> all;
  for (const Row row : *rows) all.push_back(webhook_of(row));
  return all;
}

Result<Webhook, StoreError> get_webhook(Connection& connection, std::int64_t id) {
  const auto rows = connection.query(query_text("list_webhooks"), {id});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(no_webhook());
  return webhook_of((*rows)[0]);
}

Result<Webhook, StoreError> create_webhook(Connection& connection, const Webhook& webhook,
                                           const Author& author) {
  return in_transaction<Webhook>(connection, [&]() -> Result<Webhook, StoreError> {
    const auto rows = connection.query(query_text("insert_webhook"),
                                       {clean_text(webhook.url), joined(webhook.events),
                                        clean_text(webhook.secret_env), webhook.enabled});
    if (!rows)
      return Unexpected(change_error(rows.error()));
    const auto id = (*rows)[0].integer("id");
    return first_error({[&] {
                         return audit(connection, author, "webhook.created", subject_of(id),
                                      details_of(webhook));
                       }},
                       [&] { return get_webhook(connection, id); });
  });
}

Result<Webhook, StoreError> update_webhook(Connection& connection, const Webhook& webhook,
                                           const Author& author) {
  return in_transaction<Webhook>(connection, [&]() -> Result<Webhook, StoreError> {
    const auto rows = connection.query(query_text("update_webhook"),
                                       {webhook.id, clean_text(webhook.url), joined(webhook.events),
                                        clean_text(webhook.secret_env), webhook.enabled});
    if (!rows)
      return Unexpected(change_error(rows.error()));
    if (rows->affected() == 0)
      return Unexpected(no_webhook());
    return first_error({[&] {
                         return audit(connection, author, "webhook.updated", subject_of(webhook.id),
                                      details_of(webhook));
                       }},
                       [&] { return get_webhook(connection, webhook.id); });
  });
}

Result<bool, StoreError> delete_webhook(Connection& connection, std::int64_t id,
                                        const Author& author) {
  return in_transaction<bool>(connection, [&]() -> Result<bool, StoreError> {
    const auto rows = connection.query(query_text("delete_webhook"), {id});
    if (!rows)
      return Unexpected(change_error(rows.error()));
    if (rows->affected() == 0)
      return Unexpected(no_webhook());
    return first_error(
        {[&] { return audit(connection, author, "webhook.deleted", subject_of(id), {}); }},
        [] { return Result<bool, StoreError>(true); });
  });
}

Result<std::vector<Delivery>, StoreError> list_deliveries(Connection& connection,
                                                          const DeliveryQuery& query) {
  const auto rows =
      connection.query(query_text("list_webhook_deliveries"),
                       {query.webhook, query.state, query.before, nullptr, query.limit});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<Delivery> all;
  for (const Row row : *rows) all.push_back(delivery_of(row));
  return all;
}

Result<bool, StoreError> delete_delivery(Connection& connection, std::int64_t id,
                                         const Author& author) {
  return in_transaction<bool>(connection, [&]() -> Result<bool, StoreError> {
    const auto rows = connection.query(query_text("delete_webhook_delivery"), {id});
    if (!rows)
      return Unexpected(change_error(rows.error()));
    if (rows->affected() == 0)
      return Unexpected(
          StoreError{kNotFound, "There is no such delivery, or it is still being tried."});
    return first_error({[&] {
                         return audit(connection, author, "webhook.delivery-deleted",
                                      "webhook-delivery:" + std::to_string(id), {});
                       }},
                       [] { return Result<bool, StoreError>(true); });
  });
}

Result<std::int64_t, StoreError> purge_deliveries(Connection& connection, int days, int most) {
  const auto rows = connection.query(query_text("purge_webhook_deliveries"), {days, most});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return rows->affected();
}

Result<Delivery, StoreError> redeliver(Connection& connection, std::int64_t id,
                                       const Author& author) {
  return in_transaction<Delivery>(connection, [&] {
    return first_error({[&] { return step(connection, "redeliver_webhook", {id}); },
                        [&] {
                          return audit(connection, author, "webhook.redelivered",
                                       "webhook-delivery:" + std::to_string(id), {});
                        }},
                       [&] { return get_delivery(connection, id); });
  });
}

Result<Delivery, StoreError> send_test(Connection& connection, std::int64_t webhook,
                                       const Author& author) {
  return in_transaction<Delivery>(connection, [&]() -> Result<Delivery, StoreError> {
    const auto rows = connection.query(query_text("test_webhook"), {webhook});
    if (!rows)
      return Unexpected(change_error(rows.error()));
    if (rows->empty())
      return Unexpected(no_webhook());
    const auto id = (*rows)[0].integer("id");
    return first_error(
        {[&] { return audit(connection, author, "webhook.tested", subject_of(webhook), {}); }},
        [&] { return get_delivery(connection, id); });
  });
}

Result<std::vector<Claimed>, StoreError> claim_deliveries(Connection& connection, int most) {
  const auto rows = connection.query(query_text("claim_webhook_deliveries"), {most});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<Claimed> all;
  for (const Row row : *rows)
    all.push_back({.id = row.integer("id"),
                   .url = row.text("url"),
                   .secret_env = row.text("secret_env"),
                   .event_id = row.text("event_id"),
                   .event = row.text("event"),
                   .call_id = row.optional_integer("call_id"),
                   .data = row.text("data"),
                   .body = row.text("body"),
                   .trace_id = row.text("trace_id"),
                   .attempts = static_cast<int>(row.integer("attempts")),
                   .created_at = row.time("created_us")});
  return all;
}

Result<bool, StoreError> set_body(Connection& connection, std::int64_t id,
                                  const std::string& body) {
  const auto rows = connection.query(query_text("set_webhook_body"), {id, body});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->affected() == 0)
    return Unexpected(StoreError{kNotFound, "The event has been withdrawn."});
  return true;
}

Result<bool, StoreError> finish_delivery(Connection& connection, const Outcome& outcome) {
  if (auto error = step(connection, "finish_webhook_delivery",
                        {outcome.id, outcome.state, outcome.status, clean_text(outcome.error),
                         std::int64_t{outcome.next.count()}}))
    return Unexpected(std::move(*error));
  return true;
}

}  // namespace centralita::store
