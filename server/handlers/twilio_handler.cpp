#include "server/handlers/twilio_handler.h"

#include "server/telephony/twilio_signature.h"
#include "server/telephony/twiml.h"

#include <spdlog/spdlog.h>

#include <cstring>

namespace centralita {
namespace {

constexpr char kPath[] = "/api/v1/twilio/incoming-call";

std::string value_of(const std::multimap<std::string, std::string>& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

// https -> wss, http -> ws.
std::string websocket_url(const std::string& base) {
  return "ws" + base.substr(std::strlen("http"));
}

void incoming_call(const Exchange& exchange, const std::string& auth_token,
                   const std::string& base_url, StreamGrants& grants, store::Store& store) {
  const bool is_post = std::strcmp(exchange->method(), "POST") == 0;
  const auto query = exchange->query_string();
  const auto url = base_url + kPath + (query.empty() ? "" : "?" + query);
  const auto signed_parameters =
      is_post ? form_parameters(exchange->body()) : std::multimap<std::string, std::string>();
  if (auth_token.empty()) {
    spdlog::error(
        "Twilio's webhook refused: TWILIO_AUTH_TOKEN is not set, so nobody can be trusted");
    return exchange->reply_error(403, "twilio-not-configured",
                                 "TWILIO_AUTH_TOKEN is not set on this server.");
  }
  if (!twilio_signature_matches(auth_token, exchange->header("X-Twilio-Signature"), url,
                                signed_parameters)) {
    spdlog::warn(
        "Twilio's webhook refused: wrong or missing X-Twilio-Signature for {} (from {}). If this "
        "was Twilio, check TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL.",
        url, exchange->client_address());
    return exchange->reply_error(403, "bad-signature", "X-Twilio-Signature is missing or wrong.");
  }

  const auto parameters = is_post ? signed_parameters : form_parameters(query);
  const auto call_id = value_of(parameters, "CallSid");
  if (!store.status().healthy) {
    spdlog::error("call {} refused: {}", call_id, store.status().last_error);
    return exchange->reply(
        200, "text/xml; charset=utf-8",
        twiml_say_and_hang_up("Lo sentimos, en este momento no podemos atender su "
                              "llamada. Por favor intente más tarde.",
                              "es-MX"));
  }
  const auto token = grants.issue({.client_type = "twilio",
                                   .provider_call_id = call_id,
                                   .from_number = value_of(parameters, "From"),
                                   .to_number = value_of(parameters, "To")});
  spdlog::info("call {} from Twilio: {} -> {}", call_id, value_of(parameters, "From"),
               value_of(parameters, "To"));
  exchange->reply(200, "text/xml; charset=utf-8",
                  twiml_connect_stream(websocket_url(base_url) + "/api/v1/ws/media-stream", token));
}

}  // namespace

void add_twilio_handler(Router& router, const Settings& settings,
                        std::function<std::string()> public_base_url, StreamGrants& grants,
                        store::Store& store) {
  router.add("GET|POST", kPath, Access::kOpen,
             [token = settings.twilio_auth_token, public_base_url = std::move(public_base_url),
              &grants, &store](const Exchange& exchange) {
               incoming_call(exchange, token, public_base_url(), grants, store);
             });
}

}  // namespace centralita
