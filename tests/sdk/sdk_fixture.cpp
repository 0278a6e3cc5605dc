// What the SDK tests look at: requests signed as our simulated carriers sign them, the server's
// TwiML, and the simulated carriers' APIs, alive until standard input ends. One line of JSON.
#include "server/caller/simulated_telnyx.h"
#include "server/caller/simulated_twilio.h"
#include "server/caller/twilio_webhook.h"
#include "server/telephony/twiml.h"

#include <glib-unix.h>

#include <cstdio>

using namespace centralita;
using namespace centralita::caller;

namespace {

constexpr char kToken[] = "12345";

json::Object twilio(const SimulatedTwilio& carrier) {
  const std::string url = "https://pbx.example/api/v1/twilio/incoming-call?x=1&name=a%20b";
  Parameters fields =
      incoming_call_fields({.account_sid = SimulatedTwilio::kAccount, .call_sid = random_sid("CA")},
                           "+525512345678", "+12125550100");
  fields.emplace_back("CallerName", "José & Ñandú");
  fields.emplace_back("Empty", "");
  json::Object parameters;
  for (const auto& [name, value] : fields) parameters.set(name.c_str(), value);
  return json::Object()
      .set("api", carrier.url())
      .set("account", SimulatedTwilio::kAccount)
      .set("token", kToken)
      .set("url", url)
      .set("parameters", parameters)
      .set("signature", twilio_signature(kToken, url, fields))
      .set("stream_url", "wss://pbx.example/api/v1/ws/media-stream")
      .set("stream_signature",
           twilio_signature(kToken, "wss://pbx.example/api/v1/ws/media-stream", {}));
}

json::Object telnyx(const SimulatedTelnyx& carrier) {
  const std::string body =
      R"({"data":{"record_type":"event","event_type":"call.initiated","id":"e1","payload":{"from":"ñ"}}})";
  const auto proof = carrier.sign(body, g_get_real_time() / G_USEC_PER_SEC);
  return json::Object()
      .set("api", carrier.url() + "/v2")
      .set("key", SimulatedTelnyx::kApiKey)
      .set("connection", SimulatedTelnyx::kConnection)
      .set("public_key", carrier.public_key())
      .set("body", body)
      .set("timestamp", proof.timestamp)
      .set("signature", proof.signature);
}

}  // namespace

int main() {
  const IoContext io(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session());
  SimulatedTwilio twilio_carrier(io, kToken);
  SimulatedTelnyx telnyx_carrier(io);
  // Nobody answers, and nobody listens to webhooks.
  for (SimulatedCarrier* carrier : {static_cast<SimulatedCarrier*>(&twilio_carrier),
                                    static_cast<SimulatedCarrier*>(&telnyx_carrier)})
    carrier->callee = {.kind = Callee::Kind::kNoAnswer, .ring_seconds = 600};
  const auto text =
      json::Object()
          .set("twilio", twilio(twilio_carrier))
          .set("telnyx", telnyx(telnyx_carrier))
          .set("twiml", json::Object()
                            .set("stream", twiml_connect_stream("wss://h/m?a=1&b=2", "t\"<o>'k",
                                                                "https://h/status"))
                            .set("say", twiml_say_and_hang_up("a < b & \"c\" ñ", "es-MX"))
                            .set("dial", twiml_dial("+525512345678", "+12125550100")))
          .to_string();
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
  const auto loop = Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE));
  g_unix_fd_add(
      0, GIOCondition(G_IO_IN | G_IO_HUP),
      [](int, GIOCondition, gpointer loop) noexcept -> gboolean {
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
        return G_SOURCE_REMOVE;
      },
      loop.get());
  g_main_loop_run(loop.get());
}
