#include "server/handlers/context_handler.h"

#include "pipelines/call_context.h"
#include "server/handlers/api.h"

#include <utility>

namespace centralita {
namespace {

// Texts, numbers, truths and null, as {{name}} takes them.
Result<Variables> variables_in(const json::Object& body) {
  if (!body.has("variables"))
    return Variables();
  const auto object = body.object("variables");
  if (!object)
    return Unexpected(std::string("variables must be an object."));
  return parse_variables(object->to_string());
}

void tell_call(const OrderLiveCall& order, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  const auto refuse = [&](const std::string& why) {
    exchange->reply_error(422, "bad-context", why);
  };
  for (const auto& name : body->names())
    if (name != "variables" && name != "note")
      return refuse("\"" + name + "\" is no part of a context; it has variables and note.");
  const auto variables = variables_in(*body);
  if (!variables)
    return refuse(variables.error());
  if (body->has("note") && !body->string("note"))
    return refuse("note must be a text.");
  const auto note = body->string("note").value_or("");
  if (const auto problem = problem_with_context(*variables, note); !problem.empty())
    return refuse(problem);
  if (!order(exchange->id,
             {.kind = StreamOrder::Kind::kContext, .text = note, .variables = *variables}))
    return exchange->reply_error(404, "not-found",
                                 "There is no such live call on this server. It may have ended.");
  exchange->reply_json(202, json::Object().set("status", "accepted"));
}

}  // namespace

void add_context_handler(Router& router, OrderLiveCall order) {
  router.add("POST", "/api/v1/calls/{id}/context", Access::kEditor,
             [order = std::move(order)](const Exchange& exchange) { tell_call(order, exchange); });
}

}  // namespace centralita
