#include "server/doctor/checks.h"

#include "plugins/base/base64.h"
#include "plugins/base/http_stream.h"
#include "server/caller/caller.h"
#include "server/caller/http_ask.h"
#include "server/caller/script.h"
#include "server/caller/twilio_webhook.h"
#include "server/store/connection.h"
#include "server/store/migrate.h"
#include "server/telephony/carrier_paths.h"
#include "server/telephony/public_address.h"

#include <gst/gst.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace centralita::doctor {
namespace {

using agents::Words;
using State = Finding::State;

constexpr char kNobody[] = "CA00000000000000000000000000000000";
constexpr std::uintmax_t kLittleSpace = std::uintmax_t{1} << 30;

// An operator waits for each of these.
caller::HttpReply ask(const IoContext& io, HttpRequest request) {
  request.deadlines = {.connect = std::chrono::seconds(5),
                       .first_byte = std::chrono::seconds(10),
                       .stall = std::chrono::seconds(5)};
  return caller::ask(io, std::move(request));
}

// Empty, or why no WebSocket could be opened.
std::string websocket_failure(const IoContext& io, const std::string& url) {
  const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
  if (!message)
    return "not a URL";
  std::optional<std::string> failure;
  soup_session_websocket_connect_async(
      io.session(), message.get(), nullptr, nullptr, G_PRIORITY_DEFAULT, nullptr,
      [](GObject* session, GAsyncResult* result, gpointer failure) noexcept {
        GError* error = nullptr;
        const auto socket = Ref<SoupWebsocketConnection>::adopt(
            soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error));
        *static_cast<std::optional<std::string>*>(failure) =
            socket ? "" : std::string(OwnedError(error)->message);
        if (socket)
          soup_websocket_connection_close(socket.get(), SOUP_WEBSOCKET_CLOSE_NORMAL, nullptr);
      },
      &failure);
  while (!failure) g_main_context_iteration(io.context(), TRUE);
  return *failure;
}

std::string base_url(const Settings& settings) {
  if (!settings.public_base_url.empty())
    return settings.public_base_url;
  return "http://127.0.0.1:" + std::to_string(settings.port);
}

std::string number(int value) { return std::to_string(value); }

}  // namespace

std::vector<Finding> check_elements() {
  const Words what{"Elementos de GStreamer", "GStreamer elements"};
  std::string missing;
  for (const char* name : {"mulawtopcm", "pcmtomulaw", "alawtopcm", "pcmtoalaw", "voicevad",
                           "groqsttsink", "llmdialog", "azurettssrc"})
    if (!Ref<GstElementFactory>::adopt(gst_element_factory_find(name)))
      missing += std::string(missing.empty() ? "" : ", ") + name;
  if (missing.empty())
    return {{State::kGood, what, {"Están todos.", "All are there."}}};
  return {{State::kWrong,
           what,
           {"Faltan: " + missing + ". Revise GST_PLUGIN_PATH y la instalación.",
            "Missing: " + missing + ". Check GST_PLUGIN_PATH and the installation."}}};
}

std::vector<Finding> check_disk(const Settings& settings) {
  namespace fs = std::filesystem;
  const Words what{"Disco", "Disk"};
  const auto& folder = settings.data_dir;
  std::error_code error;
  fs::create_directories(folder, error);
  const auto probe = folder + "/doctor.probe";
  const bool writable = static_cast<bool>(std::ofstream(probe) << "x" << std::flush);
  fs::remove(probe, error);
  if (!writable)
    return {{State::kWrong,
             what,
             {"No se puede escribir en " + folder +
                  " (CENTRALITA_DATA): ahí van las grabaciones y "
                  "lo que espera a la base de datos.",
              folder + " (CENTRALITA_DATA) cannot be written to: recordings and what waits for the "
                       "database go there."}}};
  const auto space = fs::space(folder, error);
  const auto free = number(static_cast<int>(space.available >> 20));
  if (error || space.available < kLittleSpace)
    return {{State::kWrong,
             what,
             {"Quedan " + free + " MB libres en " + folder + "; una hora grabada ocupa 115 MB.",
              free + " MB are free in " + folder + "; an hour recorded takes 115 MB."}}};
  return {{State::kGood,
           what,
           {folder + ": " + free + " MB libres.", folder + ": " + free + " MB free."}}};
}

std::vector<Finding> check_database(const Settings& settings) {
  const Words what{"Base de datos", "Database"};
  auto connection = store::Connection::open(settings.database_url, {});
  if (!connection)
    return {{State::kWrong,
             what,
             {"No responde: " + connection.error().message + " Revise DATABASE_URL.",
              "It does not answer: " + connection.error().message + " Check DATABASE_URL."}}};
  if (const auto schema = store::check_schema(*connection); !schema)
    return {{State::kWrong, what, {schema.error().message, schema.error().message}}};
  return {{State::kGood, what, {"Responde y está al día.", "It answers and is up to date."}}};
}

std::vector<Finding> check_twilio(const Settings& settings, const IoContext& io) {
  const Words what{"Claves de Twilio", "Twilio's keys"};
  const auto& twilio = settings.carriers.twilio;
  if (twilio.account_sid.empty() && twilio.auth_token.empty())
    return {{State::kSkipped, what, {"Twilio no se usa.", "Twilio is not in use."}}};
  if (twilio.auth_token.empty())
    return {{State::kWrong,
             what,
             {"Falta TWILIO_AUTH_TOKEN: sin él se rechazan sus avisos.",
              "TWILIO_AUTH_TOKEN is missing: without it Twilio's webhooks are refused."}}};
  if (twilio.account_sid.empty())
    return {{State::kWrong,
             what,
             {"Falta TWILIO_ACCOUNT_SID: no se puede colgar, transferir ni llamar.",
              "TWILIO_ACCOUNT_SID is missing: nothing can be hung up, transferred or dialled."}}};
  const bool key = !twilio.api_key.empty();
  const auto pair =
      key ? twilio.api_key + ":" + twilio.api_secret : twilio.account_sid + ":" + twilio.auth_token;
  std::string basic = "Basic ";
  base64_encode({reinterpret_cast<const std::uint8_t*>(pair.data()), pair.size()}, basic);
  // Any call will do: who may not look is told so before it is looked for.
  const auto reply = ask(io, {.method = "GET",
                              .url = twilio.api_url + "/2010-04-01/Accounts/" + twilio.account_sid +
                                     "/Calls/" + kNobody + ".json",
                              .headers = {{"Authorization", basic}}});
  if (reply.status == 200 || reply.status == 404)
    return {{State::kGood, what, {"Twilio las acepta.", "Twilio accepts them."}}};
  if (reply.status == 401 || reply.status == 403)
    return {{State::kWrong,
             what,
             {"Twilio las rechaza (" + number(reply.status) +
                  "). Copie de nuevo Account SID y Auth Token de la consola de Twilio.",
              "Twilio refuses them (" + number(reply.status) +
                  "). Copy Account SID and Auth Token again from Twilio's console."}}};
  const auto said = reply.status ? "HTTP " + number(reply.status) : reply.failure;
  return {{State::kWrong,
           what,
           {"Twilio no responde (" + said + "). ¿Hay salida a Internet? Revise TWILIO_API_URL.",
            "Twilio does not answer (" + said +
                "). Is there a way out to the Internet? Check "
                "TWILIO_API_URL."}}};
}

std::vector<Finding> check_telnyx(const Settings& settings, const IoContext& io) {
  const Words what{"Claves de Telnyx", "Telnyx' keys"};
  const auto& telnyx = settings.carriers.telnyx;
  if (telnyx.api_key.empty() && !telnyx.public_key)
    return {{State::kSkipped, what, {"Telnyx no se usa.", "Telnyx is not in use."}}};
  if (!telnyx.public_key)
    return {{State::kWrong,
             what,
             {"Falta TELNYX_PUBLIC_KEY: sin ella se rechazan sus avisos.",
              "TELNYX_PUBLIC_KEY is missing: without it Telnyx' webhooks are refused."}}};
  if (telnyx.api_key.empty())
    return {{State::kWrong,
             what,
             {"Falta TELNYX_API_KEY: no se puede contestar ninguna llamada.",
              "TELNYX_API_KEY is missing: no call can be answered."}}};
  const auto reply = ask(io, {.method = "GET",
                              .url = telnyx.api_url + "/calls/doctor",
                              .headers = {{"Authorization", "Bearer " + telnyx.api_key}}});
  if (reply.status == 401 || reply.status == 403)
    return {{State::kWrong,
             what,
             {"Telnyx rechaza TELNYX_API_KEY (" + number(reply.status) +
                  "). Cree una clave nueva en el portal, en API Keys.",
              "Telnyx refuses TELNYX_API_KEY (" + number(reply.status) +
                  "). Make a new key in the portal, under API Keys."}}};
  if (reply.status < 200 || reply.status >= 500) {
    const auto said = reply.status ? "HTTP " + number(reply.status) : reply.failure;
    return {{State::kWrong,
             what,
             {"Telnyx no responde (" + said + "). ¿Hay salida a Internet? Revise TELNYX_API_URL.",
              "Telnyx does not answer (" + said +
                  "). Is there a way out to the Internet? Check "
                  "TELNYX_API_URL."}}};
  }
  if (telnyx.connection_id.empty())
    return {{State::kWrong,
             what,
             {"Telnyx acepta la clave, pero falta TELNYX_CONNECTION_ID: no se puede llamar.",
              "Telnyx accepts the key, but TELNYX_CONNECTION_ID is missing: nothing can be "
              "dialled."}}};
  return {{State::kGood, what, {"Telnyx las acepta.", "Telnyx accepts them."}}};
}

std::vector<Finding> check_public_address(const Settings& settings, const IoContext& io) {
  const Words what{"Dirección pública", "Public address"};
  const auto base = base_url(settings);
  std::vector<Finding> findings;
  if (settings.public_base_url.empty())
    findings.push_back({State::kWrong,
                        what,
                        {"Falta PUBLIC_BASE_URL: la operadora no sabe adónde llamar.",
                         "PUBLIC_BASE_URL is missing: the carrier does not know where to call."}});
  else if (!base.starts_with("https://"))
    findings.push_back({State::kWrong,
                        what,
                        {base + " no es https: Twilio solo abre WebSockets cifrados (wss).",
                         base + " is not https: Twilio opens encrypted WebSockets (wss) only."}});
  const auto health = ask(io, {.method = "GET", .url = base + "/health"});
  if (health.status != 200) {
    const auto said = health.status ? "HTTP " + number(health.status) : health.failure;
    findings.push_back({State::kWrong,
                        what,
                        {"En " + base + " no responde este servidor (" + said +
                             "). ¿Está en marcha? Revise el DNS, el certificado y el proxy.",
                         "This server does not answer at " + base + " (" + said +
                             "). Is it running? Check DNS, certificate and proxy."}});
    return findings;
  }
  if (findings.empty())
    findings.push_back({State::kGood, what, {base + " responde.", base + " answers."}});

  const Words socket{"WebSocket", "WebSocket"};
  const auto failure = websocket_failure(io, websocket_url(base) + kMediaStreamPath);
  if (failure.empty())
    findings.push_back({State::kGood, socket, {"Se abre.", "It opens."}});
  else
    findings.push_back({State::kWrong,
                        socket,
                        {"No se abre (" + failure + "). El proxy debe dejar pasar Upgrade en " +
                             kMediaStreamPath + ".",
                         "It does not open (" + failure + "). The proxy must let Upgrade pass at " +
                             kMediaStreamPath + "."}});

  const Words signature{"Firmas", "Signatures"};
  const auto url = base + kTwilioStatusPath;
  const caller::Parameters fields{{"CallSid", kNobody}, {"CallStatus", "ringing"}};
  const auto post = [&](const std::string& proof) {
    HttpRequest request{.url = url,
                        .content_type = "application/x-www-form-urlencoded",
                        .body = caller::form_body(fields)};
    if (!proof.empty())
      request.headers.emplace_back("X-Twilio-Signature", proof);
    return ask(io, std::move(request)).status;
  };
  if (post("") != 403)
    findings.push_back(
        {State::kWrong,
         signature,
         {"Un aviso sin firma no fue rechazado. ¿Qué responde en " + url + "?",
          "A webhook without a signature was not refused. What answers at " + url + "?"}});
  else if (settings.carriers.twilio.auth_token.empty())
    findings.push_back(
        {State::kSkipped,
         signature,
         {"Lo que no está firmado se rechaza; sin TWILIO_AUTH_TOKEN no se prueba más.",
          "What is not signed is refused; without TWILIO_AUTH_TOKEN no more is "
          "tried."}});
  else if (post(caller::twilio_signature(settings.carriers.twilio.auth_token, url, fields)) != 200)
    findings.push_back({State::kWrong,
                        signature,
                        {"El servidor rechaza lo que Twilio firmaría. PUBLIC_BASE_URL y "
                         "TWILIO_AUTH_TOKEN deben ser los mismos aquí y en el servidor.",
                         "The server refuses what Twilio would sign. PUBLIC_BASE_URL and "
                         "TWILIO_AUTH_TOKEN must be the same here and in the server."}});
  else
    findings.push_back({State::kGood,
                        signature,
                        {"Lo firmado se acepta y lo demás se rechaza.",
                         "What is signed is accepted, and all else refused."}});
  return findings;
}

std::vector<Finding> check_call(const Settings& settings, const IoContext& io) {
  const Words what{"Llamada de prueba", "Trial call"};
  const auto& token = settings.carriers.twilio.auth_token;
  const auto plan = std::make_shared<caller::CallPlan>();
  // As Twilio calls; without its token by the simulator: Telnyx alone can sign as Telnyx does.
  const bool as_twilio = !token.empty();
  plan->way = as_twilio ? caller::CallPlan::Way::kWebhook : caller::CallPlan::Way::kSimulator;
  plan->url = base_url(settings) + (as_twilio ? kTwilioCallPath : "");
  plan->auth_token = token;
  plan->admin_key = settings.admin_api_key;
  plan->max_duration = std::chrono::seconds(60);
  auto script = caller::parse_script_text("wait-greeting; hang-up");
  if (!script)
    return {{State::kWrong, what, {script.error(), script.error()}}};
  plan->script = std::move(*script);
  std::optional<caller::CallReport> report;
  caller::Caller caller(io, plan, [&](caller::CallReport done) { report = std::move(done); });
  caller.start();
  while (!report) g_main_context_iteration(io.context(), TRUE);
  if (!report->ok())
    return {{State::kWrong,
             what,
             {"No salió: " + report->failure + ". El registro del servidor dice más.",
              "It failed: " + report->failure + ". The server's log says more."}}};
  return {{State::kGood,
           what,
           {"El agente contestó y saludó.", "The agent answered and said its greeting."}}};
}

}  // namespace centralita::doctor
