#include "server/handlers/numbers_handler.h"

#include "server/handlers/api.h"

namespace centralita {
namespace {

using store::AssignedNumber;
using store::Connection;
using store::StoreError;

json::Object json_of(const AssignedNumber& number) {
  json::Object object;
  object.set("number", number.number)
      .set("agent_id", number.agent_id)
      .set("agent", number.agent_name)
      .set("agent_deleted", number.agent_deleted);
  set_time(object, "updated_at", number.updated_at);
  return object;
}

auto answer_with_number(const Exchange& exchange) {
  return [exchange](Result<AssignedNumber, StoreError> number) {
    if (number)
      exchange->reply_json(200, json_of(*number));
    else
      reply_store_error(*exchange, number.error());
  };
}

// E.164: a plus, the country, at most 15 digits. Empty: it has been refused.
std::optional<std::string> number_of(HttpExchange& exchange) {
  const auto number = exchange.parameter("number");
  if (g_regex_match_simple("^\\+[1-9][0-9]{1,14}$", number.c_str(), G_REGEX_DOLLAR_ENDONLY,
                           GRegexMatchFlags{}))
    return number;
  exchange.reply_error(400, "bad-number",
                       agents::Words{"El número debe llevar + y el código del país, sin espacios: "
                                     "+525512345678.",
                                     "The number must have + and the country's code, and no "
                                     "spaces: +525512345678."}
                           .in(language_of(exchange)));
  return std::nullopt;
}

void list_numbers(store::Store& store, const Exchange& exchange) {
  store.read<std::vector<AssignedNumber>>(store::list_numbers, nullptr,
                                          reply_list<AssignedNumber>(exchange, "numbers", json_of));
}

void get_number(store::Store& store, const Exchange& exchange) {
  if (const auto number = number_of(*exchange))
    store.read<AssignedNumber>(
        [number](Connection& connection) { return store::get_number(connection, *number); },
        nullptr, answer_with_number(exchange));
}

void put_number(store::Store& store, const Exchange& exchange) {
  const auto number = number_of(*exchange);
  const auto body = number ? object_body(*exchange) : std::nullopt;
  if (!body)
    return;
  store::AgentKey key;
  if (const auto id = body->integer("agent_id"))
    key = *id;
  else if (const auto name = body->string("agent"))
    key = *name;
  else
    return exchange->reply_error(
        422, "agent-missing",
        agents::Words{
            "El cuerpo debe decir el agente: {\"agent_id\": 7} o {\"agent\": \"nombre\"}.",
            "The body must name the agent: {\"agent_id\": 7} or {\"agent\": \"name\"}."}
            .in(language_of(*exchange)));
  store.change<AssignedNumber>(
      [number, key, author = author_of(*exchange)](Connection& connection) {
        return store::assign_number(connection, *number, key, author);
      },
      nullptr, answer_with_number(exchange));
}

void delete_number(store::Store& store, const Exchange& exchange) {
  if (const auto number = number_of(*exchange))
    store.change<AssignedNumber>(
        [number, author = author_of(*exchange)](Connection& connection) {
          return store::release_number(connection, *number, author);
        },
        nullptr, answer_with_number(exchange));
}

}  // namespace

void add_numbers_handler(Router& router, store::Store& store) {
  const auto add = [&](const char* method, const char* pattern, auto function) {
    router.add(method, pattern, access_of(method),
               [&store, function](const Exchange& exchange) { function(store, exchange); });
  };
  add("GET", "/api/v1/numbers", list_numbers);
  add("GET", "/api/v1/numbers/{number}", get_number);
  add("PUT", "/api/v1/numbers/{number}", put_number);
  add("DELETE", "/api/v1/numbers/{number}", delete_number);
}

}  // namespace centralita
