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

// `carrier`: of an alias that names it; empty: the body's.
void place_call(const Exchange& exchange, const PublicAddress& address, PhoneCalls& calls,
                const char* carrier) {
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
  const auto dialled = calls.dial(*request, address.call_url(*exchange));
  if (!dialled)
    return exchange->reply_error(dialled.error().status, dialled.error().code.c_str(),
                                 dialled.error().text);
  exchange->reply_json(202, json::Object()
                                .set("session_id", dialled->session_id)
                                .set("call_id", dialled->session_id)  // the predecessor's name
                                .set("carrier", dialled->carrier)
                                .set("status", "queued"));
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

void steer_call(const Exchange& exchange, PhoneCalls& calls) {
  const auto body = body_of(exchange);
  if (!body)
    return;
  const auto action = body->string("action").value_or("");
  const auto done = [exchange](Result<bool, CarrierError> answer) {
    if (answer)
      return exchange->reply_json(200, json::Object().set("status", "done"));
    exchange->reply_error(status_of(answer.error().code), CarrierError::name(answer.error().code),
                          answer.error().text);
  };
  if (action == "hang-up") {
    if (const auto hung_up = calls.hang_up(exchange->id); !hung_up)
      return exchange->reply_error(404, "call-over", hung_up.error());
    return done(true);
  }
  if (action == "transfer") {
    const auto to = body->string("to").value_or("");
    if (!is_e164(to))
      return exchange->reply_error(
          422, "bad-request", "to must be a number in international form, such as +525512345678.");
    const auto mode = body->string("mode").value_or("blind");
    const auto ring = body->integer("ring_seconds").value_or(30);
    if ((mode != "blind" && mode != "warm") || ring < 5 || ring > 120)
      return exchange->reply_error(422, "bad-request",
                                   "mode must be blind or warm, and ring_seconds from 5 to 120.");
    return calls.transfer(
        exchange->id, {.to = to, .warm = mode == "warm", .ring_seconds = static_cast<int>(ring)},
        done);
  }
  if (action == "dtmf") {
    const auto digits = body->string("digits").value_or("");
    if (!are_digits(digits))
      return exchange->reply_error(422, "bad-request",
                                   "digits must be 1 to 32 of 0-9 * # A-D, and w or W for pauses.");
    return calls.send_dtmf(exchange->id, digits, done);
  }
  exchange->reply_error(422, "bad-request", "action must be hang-up, transfer or dtmf.");
}

}  // namespace

void add_outbound_handler(Router& router, const PublicAddress& address, PhoneCalls& calls) {
  for (const auto& [path, carrier] : {std::pair{"/api/v1/calls", ""},
                                      {"/api/v1/calls/test-outbound", ""},
                                      {"/admin/test-call-twilio", "twilio"},
                                      {"/admin/test-call-telnyx", "telnyx"}})
    router.add("POST", path, Access::kEditor,
               [&address, &calls, carrier = carrier](const Exchange& exchange) {
                 place_call(exchange, address, calls, carrier);
               });
  router.add("POST", "/api/v1/live-calls/{id}", Access::kEditor,
             [&calls](const Exchange& exchange) { steer_call(exchange, calls); });
}

}  // namespace centralita
