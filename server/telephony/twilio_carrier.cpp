#include "server/telephony/twilio_carrier.h"

#include "plugins/base/base64.h"
#include "plugins/base/ref.h"
#include "server/telephony/carrier_paths.h"
#include "server/telephony/public_address.h"
#include "server/telephony/twiml.h"

namespace centralita {
namespace {

std::string escaped(const std::string& text) {
  return OwnedString(g_uri_escape_string(text.c_str(), nullptr, FALSE)).get();
}

std::string form_body(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields)
    body += (body.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
  return body;
}

std::string basic(const std::string& user, const std::string& password) {
  const auto pair = user + ":" + password;
  std::string text = "Basic ";
  base64_encode({reinterpret_cast<const std::uint8_t*>(pair.data()), pair.size()}, text);
  return text;
}

}  // namespace

TwilioCarrier::TwilioCarrier(IoContext io, TwilioSettings settings)
    : settings_(std::move(settings)), http_(std::move(io), "twilio", CarrierError::from_twilio) {}

std::string TwilioCarrier::cannot_dial() const {
  if (settings_.account_sid.empty())
    return "TWILIO_ACCOUNT_SID";
  if (settings_.auth_token.empty())
    return "TWILIO_AUTH_TOKEN";  // an API key can dial, but nobody could verify the webhooks
  return "";
}

std::string TwilioCarrier::account_path() const {
  return settings_.api_url + "/2010-04-01/Accounts/" + settings_.account_sid;
}

void TwilioCarrier::post(std::string name, const std::string& call_id, const std::string& path,
                         const Form& form, bool repeatable, CarrierAnswer answer) {
  if (!settings_.can_command())
    return answer(Unexpected(
        CarrierError::not_configured("twilio", name, "TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN")));
  CarrierCommand command{.name = std::move(name),
                         .call_id = call_id,
                         .request = {},
                         .repeatable = repeatable,
                         .retry = settings_.patience.retry};
  const bool key = !settings_.api_key.empty();
  command.request = {
      .method = form.empty() ? "GET" : "POST",
      .url = account_path() + path,
      .headers = {{"Authorization", basic(key ? settings_.api_key : settings_.account_sid,
                                          key ? settings_.api_secret : settings_.auth_token)},
                  {"Accept", "application/json"}},
      .content_type = form.empty() ? "" : "application/x-www-form-urlencoded",
      .body = form_body(form),
      .deadlines = settings_.patience.deadlines,
      .once = !repeatable};
  http_.send(std::move(command), std::move(answer));
}

void TwilioCarrier::dial(const DialRequest& request, Dialled done) {
  Form form{{"To", request.to},
            {"From", request.from},
            {"Twiml", twiml_connect_stream(websocket_url(request.base_url) + kMediaStreamPath,
                                           request.stream_token,
                                           request.base_url + kTwilioStreamStatusPath)},
            {"StatusCallback", request.base_url + kTwilioStatusPath},
            {"StatusCallbackMethod", "POST"},
            {"Timeout", std::to_string(request.ring_seconds)},
            {"TimeLimit", std::to_string(request.longest_seconds)}};
  for (const char* event : {"initiated", "ringing", "answered", "completed"})
    form.emplace_back("StatusCallbackEvent", event);
  if (request.machine_detection != MachineDetection::kOff) {
    // Asynchronous, so that the conversation begins at once.
    form.emplace_back("MachineDetection", request.machine_detection == MachineDetection::kMessageEnd
                                              ? "DetectMessageEnd"
                                              : "Enable");
    form.emplace_back("AsyncAmd", "true");
    form.emplace_back("AsyncAmdStatusCallback", request.base_url + kTwilioAmdPath);
    form.emplace_back("AsyncAmdStatusCallbackMethod", "POST");
  }
  // Not repeatable: after a lost answer nobody knows whether the telephone rings already.
  post("dial", request.session_id, "/Calls.json", form, false,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (!answer)
           return done(Unexpected(answer.error()));
         auto sid = answer->string("sid");
         if (!sid)
           return done(Unexpected(CarrierError::from_twilio("dial", 502, R"({"message":
             "the answer has no sid"})")));
         done(std::move(*sid));
       });
}

void TwilioCarrier::update(std::string name, const std::string& call_id, const Form& form,
                           bool repeatable, Done done) {
  post(std::move(name), call_id, "/Calls/" + escaped(call_id) + ".json", form, repeatable,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (answer)
           done(true);
         else
           done(Unexpected(answer.error()));
       });
}

void TwilioCarrier::hang_up(const std::string& call_id, Done done) {
  update("hang-up", call_id, {{"Status", "completed"}}, true, unless_over(std::move(done)));
}

void TwilioCarrier::transfer(const std::string& call_id, const std::string& to,
                             const std::string& from, Done done) {
  // Not repeatable, nor is joining: the document would begin anew, and cut off who has answered.
  update("transfer", call_id, {{"Twiml", twiml_dial(to, from)}}, false, std::move(done));
}

void TwilioCarrier::consult(const ConsultRequest& request, Dialled done) {
  // A call of its own, so that the caller's stream goes on until somebody has answered.
  Form form{{"To", request.to},
            {"From", request.from.empty() ? settings_.from_number : request.from},
            {"Twiml", twiml_conference("transfer-" + request.tag)},
            {"StatusCallback", request.base_url + kTwilioStatusPath + "?transfer=" + request.tag},
            {"StatusCallbackMethod", "POST"},
            {"Timeout", std::to_string(request.ring_seconds)}};
  for (const char* event : {"ringing", "answered", "completed"})
    form.emplace_back("StatusCallbackEvent", event);
  post("consult", request.call_id, "/Calls.json", form, false,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (!answer)
           return done(Unexpected(answer.error()));
         done(answer->string("sid").value_or(""));
       });
}

void TwilioCarrier::join(const std::string& call_id, const std::string& tag, Done done) {
  update("join", call_id, {{"Twiml", twiml_conference("transfer-" + tag)}}, false, std::move(done));
}

void TwilioCarrier::record(const std::string& call_id, const std::string& base_url, Dialled done) {
  // Not repeatable: a lost answer would leave two recordings.
  post("record", call_id, "/Calls/" + escaped(call_id) + "/Recordings.json",
       {{"RecordingChannels", "dual"},
        {"RecordingTrack", "both"},
        {"RecordingStatusCallback", base_url + kTwilioRecordingPath},
        {"RecordingStatusCallbackMethod", "POST"}},
       false, [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (!answer)
           return done(Unexpected(answer.error()));
         done(answer->string("sid").value_or(""));
       });
}

void TwilioCarrier::send_dtmf(const std::string&, const std::string&, Done done) {
  CarrierError error{
      .code = CarrierError::Code::kBadRequest, .carrier = "twilio", .command = "send-dtmf"};
  error.text =
      "Twilio has no command that presses keys in a call with a media stream; the keys are sent as "
      "audio instead.";
  done(Unexpected(std::move(error)));
}

void TwilioCarrier::is_alive(const std::string& call_id, Done done) {
  post("look-up", call_id, "/Calls/" + escaped(call_id) + ".json", {}, true,
       [done = std::move(done)](Result<json::Object, CarrierError> answer) {
         if (!answer) {
           if (answer.error().code == CarrierError::Code::kCallOver)
             return done(false);
           return done(Unexpected(answer.error()));
         }
         const auto status = answer->string("status").value_or("");
         done(status == "queued" || status == "ringing" || status == "in-progress");
       });
}

}  // namespace centralita
