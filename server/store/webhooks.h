// Webhooks and their deliveries in the database, one function each. All block; they run on the
// store's own threads (Store::read and Store::change). The events come of triggers on `calls` and
// `incidents` (sql/migrations/0012): whoever writes the history, and on whichever server.
#pragma once

#include "server/store/agents.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace centralita::store {

struct Webhook {
  std::int64_t id = 0;
  std::string url;
  std::vector<std::string> events;  // "call.started"...
  std::string secret_env;           // of the environment; empty: not signed
  bool enabled = true;
};

Result<std::vector<Webhook>, StoreError> list_webhooks(Connection& connection);
Result<Webhook, StoreError> get_webhook(Connection& connection, std::int64_t id);
Result<Webhook, StoreError> create_webhook(Connection& connection, const Webhook& webhook,
                                           const Author& author);
Result<Webhook, StoreError> update_webhook(Connection& connection, const Webhook& webhook,
                                           const Author& author);
Result<bool, StoreError> delete_webhook(Connection& connection, std::int64_t id,
                                        const Author& author);

struct Delivery {
  std::int64_t id = 0, webhook_id = 0;
  std::string event_id, event, state;  // "pending", "delivered", "dead"
  std::int64_t attempts = 0;
  std::optional<std::int64_t> last_status;
  std::string last_error;
  WallTime next_attempt, created_at;
};

struct DeliveryQuery {
  std::optional<std::int64_t> webhook, before;
  std::optional<std::string> state;
  int limit = 50;
};

// Newest first.
Result<std::vector<Delivery>, StoreError> list_deliveries(Connection& connection,
                                                          const DeliveryQuery& query);
// Out of the list. kNotFound, also of one that is still tried.
Result<bool, StoreError> delete_delivery(Connection& connection, std::int64_t id,
                                         const Author& author);
// Those delivered, or given up, for so many days; at most so many of them. How many went.
Result<std::int64_t, StoreError> purge_deliveries(Connection& connection, int days, int most);

// Sends it once more, with all its attempts before it.
Result<Delivery, StoreError> redeliver(Connection& connection, std::int64_t id,
                                       const Author& author);
// An event "test" to this webhook alone, enabled or not.
Result<Delivery, StoreError> send_test(Connection& connection, std::int64_t webhook,
                                       const Author& author);

// For the one who sends.
struct Claimed {
  std::int64_t id = 0;
  std::string url, secret_env, event_id, event;
  std::optional<std::int64_t> call_id;
  std::string data;      // JSON, of what is not a call's
  std::string body;      // empty: it has not been put together yet
  std::string trace_id;  // of the call; empty: there is none
  int attempts = 0;      // with this one
  WallTime created_at;
};
// Due ones, which nobody else gets for a minute.
Result<std::vector<Claimed>, StoreError> claim_deliveries(Connection& connection, int most);
// kNotFound: it is not to be sent any more.
Result<bool, StoreError> set_body(Connection& connection, std::int64_t id, const std::string& body);
struct Outcome {
  std::int64_t id = 0;
  std::string state;  // "pending": again after `next`
  std::optional<std::int64_t> status;
  std::string error;
  std::chrono::milliseconds next{0};
};
Result<bool, StoreError> finish_delivery(Connection& connection, const Outcome& outcome);

}  // namespace centralita::store
