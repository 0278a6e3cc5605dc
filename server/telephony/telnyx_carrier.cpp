#include "server/telephony/telnyx_carrier.h"

#include "server/telephony/carrier_paths.h"
#include "server/telephony/public_address.h"

namespace centralita {
namespace {

std::string escaped(const std::string& text) {
  return OwnedString(g_uri_escape_string(text.c_str(), nullptr, FALSE)).get();
}

std::string base64(const std::string& text) {
  return OwnedString(g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size()))
      .get();
}

std::string new_command_id() { return OwnedString(g_uuid_string_random()).get(); }

}  // namespace

TelnyxCarrier::TelnyxCarrier(IoContext io, TelnyxSettings settings)
    : settings_(std::move(settings)), http_(std::move(io), "telnyx", CarrierError::from_telnyx) {}

std::string TelnyxCarrier::cannot_dial() const {
  if (settings_.api_key.empty())
    return "TELNYX_API_KEY";
  if (settings_.connection_id.empty())
    return "TELNYX_CONNECTION_ID";
  if (!settings_.public_key)
    return "TELNYX_PUBLIC_KEY";
  return "";
}

void TelnyxCarrier::send(std::string name, const std::string& call_id, std::string method,
                         const std::string& path, const json::Object* body, CarrierAnswer answer) {
  if (!settings_.can_command())
    return answer(Unexpected(CarrierError::not_configured("telnyx", name, "TELNYX_API_KEY")));
  // An identical command within a minute is ignored, so a lost answer costs nothing but the repeat.
  CarrierCommand command{.name = std::move(name),
                         .call_id = call_id,
                         .request = {},
                         .repeatable = true,
                         .retry = settings_.patience.retry};
  command.request = {
      .method = std::move(method),
      .url = settings_.api_url + path,
      .headers = {{"Authorization", "Bearer " + settings_.api_key}, {"Accept", "application/json"}},
      .content_type = body ? "application/json" : "",
      .body = body ? body->to_string() : "",
      .deadlines = settings_.patience.deadlines};
  http_.send(std::move(command), std::move(answer));
}

void TelnyxCarrier::act(std::string name, const std::string& call_id, const char* action,
                        json::Object body, Done done) {
  body.set("command_id", new_command_id());
  send(std::move(name), call_id, "POST", "/calls/" + escaped(call_id) + "/actions/" + action, &body,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (answer)
           done(true);
         else
           done(Unexpected(answer.error()));
       });
}

void TelnyxCarrier::set_stream(json::Object& body, const std::string& url,
                               const std::string& token) const {
  using Codec = TelnyxSettings::Codec;
  const char* codec = settings_.codec == Codec::kPcmu   ? "PCMU"
                      : settings_.codec == Codec::kPcma ? "PCMA"
                                                        : "L16";
  body.set("stream_url", url)
      .set("stream_auth_token", token)
      .set("stream_track", "inbound_track")
      .set("stream_codec", codec)
      .set("stream_bidirectional_mode", "rtp")
      .set("stream_bidirectional_codec", codec)
      .set("stream_bidirectional_sampling_rate", settings_.codec == Codec::kL16 ? 16000 : 8000)
      // "opposite", the default, is not heard on a leg that is not bridged to another.
      .set("stream_bidirectional_target_legs", "both");
}

void TelnyxCarrier::answer(const std::string& call_id, const std::string& webhook_url, Done done) {
  act("answer", call_id, "answer",
      json::Object().set("webhook_url", webhook_url).set("webhook_url_method", "POST"),
      std::move(done));
}

void TelnyxCarrier::speak(const std::string& call_id, const std::string& text,
                          const std::string& language, Done done) {
  act("speak", call_id, "speak",
      json::Object()
          .set("payload", text)
          .set("payload_type", "text")
          .set("voice", "female")
          .set("language", language),
      std::move(done));
}

void TelnyxCarrier::reject(const std::string& call_id, Done done) {
  act("reject", call_id, "reject", json::Object().set("cause", "USER_BUSY"), std::move(done));
}

void TelnyxCarrier::start_streaming(const std::string& call_id, const std::string& stream_url,
                                    const std::string& token, Done done) {
  json::Object body;
  set_stream(body, stream_url, token);
  body.set("custom_parameters",
           json::Array().add(json::Object().set("name", "token").set("value", token)));
  act("start-streaming", call_id, "streaming_start", std::move(body), std::move(done));
}

void TelnyxCarrier::start_noise_suppression(const std::string& call_id, const std::string& engine,
                                            Done done) {
  act("suppress-noise", call_id, "suppression_start",
      json::Object().set("direction", "inbound").set("noise_suppression_engine", engine),
      std::move(done));
}

void TelnyxCarrier::hang_up(const std::string& call_id, Done done) {
  act("hang-up", call_id, "hangup", json::Object(), unless_over(std::move(done)));
}

void TelnyxCarrier::transfer(const std::string& call_id, const std::string& to,
                             const std::string& from, Done done) {
  json::Object body;
  body.set("to", to);
  if (!from.empty())
    body.set("from", from);
  act("transfer", call_id, "transfer", std::move(body), std::move(done));
}

void TelnyxCarrier::consult(const ConsultRequest& request, Dialled done) {
  // Telnyx rings the other party while the caller's leg stays as it is, and bridges them by itself.
  json::Object body;
  body.set("to", request.to)
      .set("timeout_secs", request.ring_seconds)
      .set("target_leg_client_state", base64(request.tag))
      .set("webhook_url", request.base_url + kTelnyxPath)
      .set("webhook_url_method", "POST");
  if (!request.from.empty())
    body.set("from", request.from);
  act("consult", request.call_id, "transfer", std::move(body),
      [done = std::move(done)](Result<bool, CarrierError> answer) {
        if (answer)
          done(std::string());
        else
          done(Unexpected(answer.error()));
      });
}

void TelnyxCarrier::join(const std::string&, const std::string&, Done done) { done(true); }

void TelnyxCarrier::record(const std::string& call_id, const std::string&, Dialled done) {
  act("record", call_id, "record_start",
      json::Object().set("format", "wav").set("channels", "dual").set("play_beep", false),
      [done = std::move(done)](Result<bool, CarrierError> answer) {
        if (answer)
          done(std::string());
        else
          done(Unexpected(answer.error()));
      });
}

void TelnyxCarrier::send_dtmf(const std::string& call_id, const std::string& digits, Done done) {
  act("send-dtmf", call_id, "send_dtmf", json::Object().set("digits", digits), std::move(done));
}

void TelnyxCarrier::is_alive(const std::string& call_id, Done done) {
  send("look-up", call_id, "GET", "/calls/" + escaped(call_id), nullptr,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (!answer) {
           if (answer.error().code == CarrierError::Code::kCallOver)
             return done(false);
           return done(Unexpected(answer.error()));
         }
         const auto data = answer->object("data");
         done(data && data->boolean("is_alive").value_or(false));
       });
}

void TelnyxCarrier::dial(const DialRequest& request, Dialled done) {
  json::Object body;
  body.set("connection_id", settings_.connection_id)
      .set("to", request.to)
      .set("from", request.from)
      .set("timeout_secs", request.ring_seconds)
      .set("time_limit_secs", request.longest_seconds)
      .set("webhook_url", request.base_url + kTelnyxPath)
      .set("webhook_url_method", "POST")
      // The same call asked for twice is one call, account-wide.
      .set("command_id", request.session_id);
  set_stream(body, websocket_url(request.base_url) + kMediaStreamPath, request.stream_token);
  if (!request.client_state.empty())
    body.set("client_state", base64(request.client_state));
  if (request.machine_detection != MachineDetection::kOff)
    body.set(
        "answering_machine_detection",
        request.machine_detection == MachineDetection::kMessageEnd ? "greeting_end" : "detect");
  send("dial", request.session_id, "POST", "/calls", &body,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (!answer)
           return done(Unexpected(answer.error()));
         const auto data = answer->object("data");
         auto id = data ? data->string("call_control_id") : std::nullopt;
         if (!id)
           return done(Unexpected(CarrierError::from_telnyx(
               "dial", 502, R"({"errors":[{"detail":"the answer has no call_control_id"}]})")));
         done(std::move(*id));
       });
}

}  // namespace centralita
