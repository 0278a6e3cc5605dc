#include "server/handlers/webhooks_handler.h"

#include "server/handlers/api.h"
#include "server/webhooks/webhook_url.h"

#include <algorithm>
#include <array>

namespace centralita {
namespace {

using agents::Words;
using store::StoreError;
using store::Webhook;

constexpr std::array kEvents = {"call.started", "call.ended", "global_stop.activated",
                                "global_stop.cleared"};
constexpr std::size_t kLongestUrl = 2'000;

json::Object json_of(const Webhook& webhook) {
  json::Array events;
  for (const auto& event : webhook.events) events.add(event);
  return json::Object()
      .set("id", webhook.id)
      .set("url", webhook.url)
      .set("events", events)
      .set("secret_env", webhook.secret_env)
      .set("enabled", webhook.enabled);
}

json::Object json_of(const store::Delivery& delivery) {
  json::Object object;
  object.set("id", delivery.id)
      .set("webhook_id", delivery.webhook_id)
      .set("event_id", delivery.event_id)
      .set("event", delivery.event)
      .set("state", delivery.state)
      .set("attempts", delivery.attempts)
      .set("last_status", delivery.last_status)
      .set("created_at", iso_time(delivery.created_at));
  if (delivery.last_error.empty())
    object.set("last_error", nullptr);
  else
    object.set("last_error", delivery.last_error);
  if (delivery.state == "pending")
    object.set("next_attempt", iso_time(delivery.next_attempt));
  else
    object.set("next_attempt", nullptr);
  return object;
}

struct Problem {
  const char* code;
  Words words;
};

std::optional<Problem> problem_with_events(const std::vector<std::string>& events) {
  const auto known = [](const std::string& event) {
    return std::find(kEvents.begin(), kEvents.end(), event) != kEvents.end();
  };
  if (!events.empty() && std::all_of(events.begin(), events.end(), known))
    return std::nullopt;
  return Problem{"bad-events",
                 {"events debe ser una lista con alguno de: call.started, call.ended, "
                  "global_stop.activated, global_stop.cleared.",
                  "events must be a list of some of: call.started, call.ended, "
                  "global_stop.activated, global_stop.cleared."}};
}

// Puts what the body says into `webhook`; what it does not say stays.
std::optional<Problem> read(const json::Object& body, bool allow_private, Webhook& webhook) {
  for (const auto& name : body.names())
    if (name != "id" && name != "url" && name != "events" && name != "secret_env" &&
        name != "enabled")
      return Problem{"unknown-member",
                     {"No se conoce el campo " + name + ".", "There is no member " + name + "."}};
  const auto wrong_type = [](const char* name, const char* es, const char* en) {
    return Problem{
        "wrong-type",
        {std::string(name) + " debe ser " + es + ".", std::string(name) + " must be " + en + "."}};
  };
  if (body.has("url") && !body.string("url"))
    return wrong_type("url", "un texto", "a text");
  if (body.has("secret_env") && !body.string("secret_env"))
    return wrong_type("secret_env", "un texto", "a text");
  if (body.has("enabled") && !body.boolean("enabled"))
    return wrong_type("enabled", "verdadero o falso", "true or false");
  if (body.has("events") && !body.array("events"))
    return wrong_type("events", "una lista", "a list");
  webhook.url = body.string("url").value_or(webhook.url);
  webhook.secret_env = body.string("secret_env").value_or(webhook.secret_env);
  webhook.enabled = body.boolean("enabled").value_or(webhook.enabled);
  if (const auto events = body.array("events")) {
    if (events->strings().size() != events->size())
      return wrong_type("events", "una lista de textos", "a list of texts");
    webhook.events = events->strings();
    std::sort(webhook.events.begin(), webhook.events.end());
    webhook.events.erase(std::unique(webhook.events.begin(), webhook.events.end()),
                         webhook.events.end());
  }
  if (webhook.url.size() > kLongestUrl)
    return Problem{"bad-url", {"La dirección es demasiado larga.", "The address is too long."}};
  if (auto problem = problem_with_webhook_url(webhook.url, allow_private))
    return Problem{"bad-url", std::move(*problem)};
  if (auto problem = problem_with_events(webhook.events))
    return problem;
  if (!webhook.secret_env.empty() &&
      !g_regex_match_simple("^[A-Za-z_][A-Za-z0-9_]{0,127}$", webhook.secret_env.c_str(),
                            G_REGEX_DOLLAR_ENDONLY, GRegexMatchFlags{}))
    return Problem{"bad-secret-env",
                   {"secret_env es el nombre de una variable de entorno, no la clave.",
                    "secret_env is the name of an environment variable, not the secret itself."}};
  return std::nullopt;
}

void refuse(const Exchange& exchange, const Problem& problem) {
  exchange->reply_error(422, problem.code, problem.words.in(language_of(*exchange)));
}

std::optional<std::int64_t> id_of(const Exchange& exchange) {
  auto id = whole_number(exchange->id);
  if (!id)
    exchange->reply_error(404, store::kNotFound, "There is no such thing.");
  return id;
}

template <typename T>
std::function<void(Result<T, StoreError>)> answer_with(const Exchange& exchange, int status) {
  return [exchange, status](Result<T, StoreError> result) {
    if (!result)
      return reply_store_error(*exchange, result.error());
    exchange->reply_json(status, json_of(*result));
  };
}

void list_webhooks(store::Store& store, const Exchange& exchange) {
  using Webhooks = std::vector<Webhook>;
  store.read<Webhooks>(store::list_webhooks, nullptr,
                       [exchange](Result<Webhooks, StoreError> webhooks) {
                         if (!webhooks)
                           return reply_store_error(*exchange, webhooks.error());
                         json::Array list;
                         for (const auto& webhook : *webhooks) list.add(json_of(webhook));
                         exchange->reply_json(200, json::Object().set("webhooks", list));
                       });
}

void get_webhook(store::Store& store, const Exchange& exchange) {
  if (const auto id = id_of(exchange))
    store.read<Webhook>(
        [id = *id](store::Connection& connection) { return store::get_webhook(connection, id); },
        nullptr, answer_with<Webhook>(exchange, 200));
}

void create_webhook(store::Store& store, bool allow_private, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  Webhook webhook;
  if (const auto problem = read(*body, allow_private, webhook))
    return refuse(exchange, *problem);
  store.change<Webhook>(
      [webhook, author = author_of(*exchange)](store::Connection& connection) {
        return store::create_webhook(connection, webhook, author);
      },
      nullptr, answer_with<Webhook>(exchange, 201));
}

void patch_webhook(store::Store& store, bool allow_private, const Exchange& exchange) {
  const auto id = id_of(exchange);
  const auto body = id ? object_body(*exchange) : std::nullopt;
  if (!body)
    return;
  // Read first, on this thread again for the check, and then changed: whoever else changes the same
  // webhook at the same moment is overwritten, and the audit log shows both.
  const auto text = body->to_string();
  store.read<Webhook>(
      [id = *id](store::Connection& connection) { return store::get_webhook(connection, id); },
      nullptr,
      [&store, allow_private, exchange, text](Result<Webhook, StoreError> before) {
        if (!before)
          return reply_store_error(*exchange, before.error());
        auto webhook = *before;
        if (const auto problem = read(json::parse(text)->object(), allow_private, webhook))
          return refuse(exchange, *problem);
        store.change<Webhook>(
            [webhook, author = author_of(*exchange)](store::Connection& connection) {
              return store::update_webhook(connection, webhook, author);
            },
            nullptr, answer_with<Webhook>(exchange, 200));
      });
}

using Delete = Result<bool, StoreError> (*)(store::Connection&, std::int64_t, const store::Author&);

void take_out(store::Store& store, Delete take_out, const Exchange& exchange) {
  if (const auto id = id_of(exchange))
    store.change<bool>(
        [id = *id, take_out, author = author_of(*exchange)](store::Connection& connection) {
          return take_out(connection, id, author);
        },
        nullptr,
        [exchange](Result<bool, StoreError> deleted) {
          if (!deleted)
            return reply_store_error(*exchange, deleted.error());
          exchange->reply_json(200, json::Object().set("status", "deleted"));
        });
}

void list_deliveries(store::Store& store, const Exchange& exchange) {
  store::DeliveryQuery query;
  const auto limit = page_limit(*exchange, query.limit);
  if (!limit)
    return;
  query.limit = *limit;
  for (const auto& [name, value] :
       {std::pair{"before", &query.before}, std::pair{"webhook_id", &query.webhook}}) {
    const auto text = exchange->query(name);
    if (text.empty())
      continue;
    *value = whole_number(text);
    if (!*value)
      return exchange->reply_error(400, "bad-query", std::string(name) + " must be an id.");
  }
  if (const auto state = exchange->query("state"); !state.empty()) {
    if (state != "pending" && state != "delivered" && state != "dead")
      return exchange->reply_error(400, "bad-query", "state must be pending, delivered or dead.");
    query.state = state;
  }
  store.read<std::vector<store::Delivery>>(
      [query](store::Connection& connection) { return store::list_deliveries(connection, query); },
      nullptr,
      reply_list<store::Delivery>(exchange, "deliveries", [](const store::Delivery& delivery) {
        return json_of(delivery);
      }));
}

using Resend = Result<store::Delivery, StoreError> (*)(store::Connection&, std::int64_t,
                                                       const store::Author&);

void send_again(store::Store& store, WebhookSender& sender, Resend resend,
                const Exchange& exchange) {
  if (const auto id = id_of(exchange))
    store.change<store::Delivery>(
        [id = *id, resend, author = author_of(*exchange)](store::Connection& connection) {
          return resend(connection, id, author);
        },
        nullptr,
        [exchange, &sender](Result<store::Delivery, StoreError> delivery) {
          if (!delivery)
            return reply_store_error(*exchange, delivery.error());
          exchange->reply_json(202, json_of(*delivery));
          sender.poll();
        });
}

}  // namespace

void add_webhooks_handler(Router& router, store::Store& store, WebhookSender& sender,
                          bool allow_private) {
  const auto add = [&](const char* method, const char* pattern, Handler handler) {
    router.add(method, pattern, Access::kAdmin, std::move(handler));
  };
  add("GET", "/api/v1/webhooks",
      [&store](const Exchange& exchange) { list_webhooks(store, exchange); });
  add("POST", "/api/v1/webhooks", [&store, allow_private](const Exchange& exchange) {
    create_webhook(store, allow_private, exchange);
  });
  add("GET", "/api/v1/webhooks/{id}",
      [&store](const Exchange& exchange) { get_webhook(store, exchange); });
  add("PATCH", "/api/v1/webhooks/{id}", [&store, allow_private](const Exchange& exchange) {
    patch_webhook(store, allow_private, exchange);
  });
  add("DELETE", "/api/v1/webhooks/{id}",
      [&store](const Exchange& exchange) { take_out(store, store::delete_webhook, exchange); });
  add("POST", "/api/v1/webhooks/{id}/test", [&store, &sender](const Exchange& exchange) {
    send_again(store, sender, store::send_test, exchange);
  });
  add("GET", "/api/v1/webhook-deliveries",
      [&store](const Exchange& exchange) { list_deliveries(store, exchange); });
  add("DELETE", "/api/v1/webhook-deliveries/{id}",
      [&store](const Exchange& exchange) { take_out(store, store::delete_delivery, exchange); });
  add("POST", "/api/v1/webhook-deliveries/{id}/redeliver",
      [&store, &sender](const Exchange& exchange) {
        send_again(store, sender, store::redeliver, exchange);
      });
}

}  // namespace centralita
