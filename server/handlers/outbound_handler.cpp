#include "server/handlers/outbound_handler.h"

namespace centralita {
namespace {

std::optional<json::Object> body_of(const Exchange& exchange) {
  const auto document = json::parse(exchange->body());
  if (document && document->is_object())
    return document->object();
  exchange->reply_error(400, "bad-json", "The body must be a JSON object.");
  return std::nullopt;
}

void dial(const Exchange& exchange, PhoneCalls& calls, const OutboundRequest& request,
          const std::string& base_url) {
  const auto dialled = calls.dial(request, base_url);
  if (!dialled)
    return exchange->reply_error(dialled.error().status, dialled.error().code.c_str(),
                                 dialled.error().text);
  exchange->reply_json(202, json::Object()
                                .set("session_id", dialled->session_id)
                                .set("call_id", dialled->session_id)  // the predecessor's name
                                .set("carrier", dialled->carrier)
                                .set("status", "queued"));
}

// `carrier`: of an alias that names it; empty: the body's.
void place_call(const Exchange& exchange, const PublicAddress& address, PhoneCalls& calls,
                store::Store& store, const char* carrier) {
  const auto body = body_of(exchange);
  if (!body)
    return;
  auto request = read_outbound_request(*body);
  if (!request) {
    std::string sentences;
    for (const auto& mistake : request.error())
      sentences += (sentences.empty() ? "" : " ") + mistake;
    return exchange->reply_error(422, "bad-request", sentences);
  }
  if (*carrier)
    request->carrier = carrier;
  request->trace_id = exchange->trace_id();
  const auto url = address.call_url(*exchange);
  if (request->agent.empty())
    return dial(exchange, calls, *request, url);
  // Nobody shall be rung for an agent that there is not.
  store.load_agent(request->agent, std::nullopt, nullptr,
                   [exchange, &calls, request = *request,
                    url](const Result<AgentConfig, store::StoreError>& agent) {
                     if (!agent && agent.error().code == store::kNotFound)
                       return exchange->reply_error(
                           422, "no-such-agent", "There is no agent named " + request.agent + ".");
                     dial(exchange, calls, request, url);
                   });
}

int status_of(CarrierError::Code code) {
  using Code = CarrierError::Code;
  switch (code) {
    case Code::kCallOver:
      return 404;
    case Code::kNotAnswered:
      return 409;
    case Code::kBadNumber:
    case Code::kBadCaller:
    case Code::kBadRequest:
      return 422;
    case Code::kRateLimited:
    case Code::kNoCapacity:
      return 429;
    case Code::kTimeout:
      return 504;
    case Code::kNotConfigured:
      return 503;
    case Code::kBadKey:
    case Code::kUnavailable:
    case Code::kUnreachable:
      return 502;
  }
  return 502;
}

constexpr char kSteer[] = "steer";

void steer_call(PhoneCalls& calls, const std::string& id, const json::Object& order,
                const CallOrders::Done& answer) {
  const auto refuse = [&](const char* why) { answer(CallOrders::error(422, "bad-request", why)); };
  const auto done = [answer](Result<bool, CarrierError> result) {
    if (result)
      return answer({200, json::Object().set("status", "done")});
    const auto& error = result.error();
    answer(CallOrders::error(status_of(error.code), CarrierError::name(error.code), error.text));
  };
  const auto action = order.string("action").value_or("");
  if (action == "hang-up") {
    if (const auto hung_up = calls.hang_up(id); !hung_up)
      return answer(CallOrders::error(404, "call-over", hung_up.error()));
    return done(true);
  }
  if (action == "transfer") {
    const auto to = order.string("to").value_or("");
    if (!is_e164(to))
      return refuse("to must be a number in international form, such as +525512345678.");
    const auto mode = order.string("mode").value_or("blind");
    const auto ring = order.integer("ring_seconds").value_or(30);
    if ((mode != "blind" && mode != "warm") || ring < 5 || ring > 120)
      return refuse("mode must be blind or warm, and ring_seconds from 5 to 120.");
    return calls.transfer(
        id, {.to = to, .warm = mode == "warm", .ring_seconds = static_cast<int>(ring)}, done);
  }
  if (action == "dtmf") {
    const auto digits = order.string("digits").value_or("");
    if (!are_digits(digits))
      return refuse("digits must be 1 to 32 of 0-9 * # A-D, and w or W for pauses.");
    return calls.send_dtmf(id, digits, done);
  }
  refuse("action must be hang-up, transfer or dtmf.");
}

}  // namespace

void add_outbound_handler(Router& router, const PublicAddress& address, PhoneCalls& calls,
                          CallOrders& orders, store::Store& store) {
  for (const auto& [path, carrier] : {std::pair{"/api/v1/calls", ""},
                                      {"/api/v1/calls/test-outbound", ""},
                                      {"/admin/test-call-twilio", "twilio"},
                                      {"/admin/test-call-telnyx", "telnyx"}})
    router.add("POST", path, Access::kEditor,
               [&address, &calls, &store, carrier = carrier](const Exchange& exchange) {
                 place_call(exchange, address, calls, store, carrier);
               });
  orders.add(kSteer,
             [&calls](const std::string& id, const json::Object& order,
                      const CallOrders::Done& done) { steer_call(calls, id, order, done); });
  router.add(
      "POST", "/api/v1/live-calls/{id}", Access::kEditor, [&orders](const Exchange& exchange) {
        if (const auto body = body_of(exchange))
          orders.give(kSteer, exchange->id, *body, [exchange](const CallOrders::Reply& reply) {
            exchange->reply_json(reply.status, reply.body);
          });
      });
}

}  // namespace centralita
