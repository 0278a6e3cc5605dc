#include "server/handlers/twilio_handler.h"

#include "server/telephony/carrier_paths.h"
#include "server/telephony/twilio_signature.h"
#include "server/telephony/twiml.h"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <cstring>

namespace centralita {
namespace {

using Parameters = std::multimap<std::string, std::string>;

std::string value_of(const Parameters& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

// The request's parameters when it is Twilio's own; else it is refused and there are none.
std::optional<Parameters> verified(const Exchange& exchange, const std::string& auth_token,
                                   const PublicAddress& address) {
  if (auth_token.empty()) {
    spdlog::error(
        "Twilio's webhook refused: TWILIO_AUTH_TOKEN is not set, so nobody can be trusted");
    exchange->reply_error(403, "twilio-not-configured",
                          "TWILIO_AUTH_TOKEN is not set on this server.");
    return std::nullopt;
  }
  const bool is_post = std::strcmp(exchange->method(), "POST") == 0;
  const auto query = exchange->query_string();
  const auto url =
      address.base_url(*exchange) + exchange->path() + (query.empty() ? "" : "?" + query);
  const auto form = is_post ? form_parameters(exchange->body()) : Parameters();
  if (!twilio_signature_matches(auth_token, exchange->header("X-Twilio-Signature"), url, form)) {
    spdlog::warn(
        "Twilio's webhook refused: wrong or missing X-Twilio-Signature for {} (from {}). If this "
        "was Twilio, check TWILIO_AUTH_TOKEN, PUBLIC_BASE_URL and TRUSTED_PROXIES.",
        url, exchange->client_address());
    exchange->reply_error(403, "bad-signature", "X-Twilio-Signature is missing or wrong.");
    return std::nullopt;
  }
  return is_post ? form : form_parameters(query);
}

void reply_twiml(const Exchange& exchange, const std::string& document) {
  exchange->reply(200, "text/xml; charset=utf-8", document);
}

void incoming_call(const Exchange& exchange, const Parameters& parameters,
                   const std::string& base_url, PhoneHost& host, PhoneCalls& calls) {
  const auto call_sid = value_of(parameters, "CallSid");
  const auto from = value_of(parameters, "From"), to = value_of(parameters, "To");
  if (call_sid.empty())
    return exchange->reply_error(400, "no-call-sid", "The request has no CallSid.");
  if (host.sends_calls_elsewhere())
    return exchange->reply_error(503, "draining", "This server is stopping; ask another one.");
  if (const auto refused = host.refusal(to)) {
    spdlog::error("call {}: refused: {}", call_sid, refused->text);
    return reply_twiml(exchange, twiml_say_and_hang_up(refused->spoken, refused->language));
  }
  const auto token = calls.twilio_incoming(call_sid, from, to, base_url, exchange->trace_id());
  if (!token) {
    spdlog::warn("call {}: Twilio's webhook refused, an old request sent again", call_sid);
    return exchange->reply_error(403, "replayed", "The call has had its stream already.");
  }
  spdlog::info("call {}: from Twilio, {} -> {}", call_sid, from, to);
  reply_twiml(exchange, twiml_connect_stream(websocket_url(base_url) + kMediaStreamPath, *token,
                                             base_url + kTwilioStreamStatusPath));
}

}  // namespace

void add_twilio_handler(Router& router, const TwilioSettings& settings,
                        const PublicAddress& address, const IoContext& io, PhoneHost& host,
                        PhoneCalls& calls) {
  const auto token = settings.auth_token;
  router.add("GET|POST", kTwilioCallPath, Access::kOpen,
             [token, &address, &host, &calls](const Exchange& exchange) {
               if (const auto parameters = verified(exchange, token, address))
                 incoming_call(exchange, *parameters, address.call_url(*exchange), host, calls);
             });
  // The others are answered at once and acted upon afterwards.
  const auto add = [&](const char* path, void (*act)(PhoneCalls&, const Parameters&)) {
    router.add(
        "POST", path, Access::kOpen, [token, &address, io, &calls, act](const Exchange& exchange) {
          auto parameters = verified(exchange, token, address);
          if (!parameters)
            return;
          reply_twiml(exchange, "<Response/>");
          if (const auto tag = exchange->query("transfer"); !tag.empty())
            parameters->emplace("transfer", tag);
          io.post([&calls, act, parameters = std::move(*parameters)] { act(calls, parameters); });
        });
  };
  add(kTwilioStatusPath, [](PhoneCalls& calls, const Parameters& parameters) {
    if (const auto tag = value_of(parameters, "transfer"); !tag.empty())
      return calls.twilio_transfer(tag, value_of(parameters, "CallSid"),
                                   value_of(parameters, "CallStatus"));
    calls.twilio_status(value_of(parameters, "CallSid"), value_of(parameters, "CallStatus"),
                        value_of(parameters, "SipResponseCode"));
  });
  add(kTwilioRecordingPath, [](PhoneCalls& calls, const Parameters& parameters) {
    const auto status = value_of(parameters, "RecordingStatus");
    if (status != "completed" && status != "failed" && status != "absent")
      return;
    const auto seconds =
        std::strtol(value_of(parameters, "RecordingDuration").c_str(), nullptr, 10);
    calls.recording_kept(value_of(parameters, "CallSid"), value_of(parameters, "RecordingSid"),
                         std::chrono::seconds(seconds),
                         status == "completed" ? "" : "Twilio could not record the call.");
  });
  add(kTwilioAmdPath, [](PhoneCalls& calls, const Parameters& parameters) {
    calls.twilio_answered_by(value_of(parameters, "CallSid"), value_of(parameters, "AnsweredBy"));
  });
  add(kTwilioStreamStatusPath, [](PhoneCalls& calls, const Parameters& parameters) {
    if (value_of(parameters, "StreamEvent") == "stream-error")
      calls.twilio_stream_failed(value_of(parameters, "CallSid"),
                                 value_of(parameters, "StreamError"));
  });
}

}  // namespace centralita
