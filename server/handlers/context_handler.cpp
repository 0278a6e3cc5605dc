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

constexpr char kContext[] = "context";

void tell_call(const OrderLiveCall& tell, const std::string& id, const json::Object& context,
               const CallOrders::Done& answer) {
  const auto refuse = [&](const std::string& why) {
    answer(CallOrders::error(422, "bad-context", why));
  };
  for (const auto& name : context.names())
    if (name != "variables" && name != "note")
      return refuse("\"" + name + "\" is no part of a context; it has variables and note.");
  const auto variables = variables_in(context);
  if (!variables)
    return refuse(variables.error());
  if (context.has("note") && !context.string("note"))
    return refuse("note must be a text.");
  const auto note = context.string("note").value_or("");
  if (const auto problem = problem_with_context(*variables, note); !problem.empty())
    return refuse(problem);
  if (!tell(id, {.kind = StreamOrder::Kind::kContext, .text = note, .variables = *variables}))
    return answer(
        CallOrders::error(404, "not-found", "There is no such live call. It may have ended."));
  answer({202, json::Object().set("status", "accepted")});
}

}  // namespace

void add_context_handler(Router& router, CallOrders& orders, OrderLiveCall order) {
  orders.add(kContext, [tell = std::move(order)](const std::string& id, const json::Object& context,
                                                 const CallOrders::Done& done) {
    tell_call(tell, id, context, done);
  });
  router.add(
      "POST", "/api/v1/calls/{id}/context", Access::kEditor, [&orders](const Exchange& exchange) {
        if (const auto body = object_body(*exchange))
          orders.give(kContext, exchange->id, *body, [exchange](const CallOrders::Reply& reply) {
            exchange->reply_json(reply.status, reply.body);
          });
      });
}

}  // namespace centralita
