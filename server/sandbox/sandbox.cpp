#include "server/sandbox/sandbox.h"

#include "plugins/base/soup_listener.h"
#include "server/sandbox/services.h"
#include "server/sandbox/voices.h"

namespace centralita::sandbox {
namespace {

constexpr char kWrongKey[] = "wrong-key";

std::string bearer_of(const Exchange& exchange) {
  const auto authorization = exchange.header("Authorization");
  return authorization.starts_with("Bearer ") ? authorization.substr(7) : "";
}

bool is_right(const std::string& key) { return !key.empty() && key != kWrongKey; }

// A token of the form of a JSON web token; nobody checks its signature.
std::string issue_token() {
  const std::string claims =
      R"({"iss":"urn:ms.cognitiveservices","region":"sandbox","nonce":")" + random_id(12) + "\"}";
  const OwnedString head(g_base64_encode(reinterpret_cast<const guchar*>(R"({"typ":"JWT"})"), 13));
  const OwnedString body(
      g_base64_encode(reinterpret_cast<const guchar*>(claims.data()), claims.size()));
  return std::string(head.get()) + "." + body.get() + "." + random_id(43);
}

}  // namespace

struct Sandbox::Impl {
  explicit Impl(Ref<GMainContext> main_context)
      : context(main_context), services(std::move(main_context)) {}

  static void on_request(SoupServer*, SoupServerMessage* message, const char* path,
                         GHashTable* query, gpointer data) noexcept {
    auto* self = static_cast<Impl*>(data);
    self->route(Exchange::begin(Ref<SoupServerMessage>::share(message), self->services.timers),
                path, soup_server_message_get_method(message), query);
  }

  void route(const std::shared_ptr<Exchange>& exchange, const std::string& path,
             const std::string& method, GHashTable* query) {
    if (path.starts_with("/sandbox/"))
      return handle_admin(services, exchange, path, method, query);
    if (settings.groq && path.starts_with("/openai/v1/"))
      return route_groq(exchange, path.substr(10), method);
    if (settings.azure)
      return route_azure(exchange, path, method);
    exchange->answer(404, "text/plain", "");
  }

  // The fault of this request. False when its header is not understood, and answered.
  bool choose_fault(Exchange& exchange, std::optional<Operation> operation) {
    if (const auto text = exchange.header("X-Sandbox-Fault"); !text.empty()) {
      const auto fault = Fault::from_header(text);
      if (!fault) {
        exchange.answer(400, "text/plain", "X-Sandbox-Fault: " + fault.error());
        return false;
      }
      exchange.set_fault(*fault);
    } else if (operation) {
      exchange.set_fault(services.faults.take(*operation).value_or(Fault{}));
    }
    return true;
  }

  void route_groq(const std::shared_ptr<Exchange>& exchange, const std::string& path,
                  const std::string& method) {
    const bool transcription = path == "/audio/transcriptions";
    const bool chat = path == "/chat/completions";
    const bool models = path == "/models";
    if (!(transcription || chat || models) || method != (models ? "GET" : "POST")) {
      return answer_error(*exchange, {404,
                                      "Unknown request URL: " + method + " /openai/v1" + path +
                                          ". Please check the URL for typos, or see the docs at "
                                          "https://console.groq.com/docs/",
                                      "invalid_request_error", "unknown_url", ""});
    }
    const auto operation = transcription ? Operation::kTranscription : Operation::kChat;
    if (!choose_fault(*exchange, models ? std::nullopt : std::optional(operation)))
      return;
    if (!is_right(bearer_of(*exchange)))
      return answer_error(*exchange, groq_error(401, "", {}));
    if (const auto status = exchange->fault().status) {
      services.note(operation, json::Object().set("refused_with", *status));
      return answer_error(
          *exchange,
          groq_error(*status, transcription ? "whisper-large-v3-turbo" : "openai/gpt-oss-20b",
                     exchange->fault().retry_after));
    }
    if (models)
      handle_models(services, exchange);
    else if (chat)
      handle_chat(services, exchange);
    else
      handle_transcription(services, exchange);
  }

  void route_azure(const std::shared_ptr<Exchange>& exchange, const std::string& path,
                   const std::string& method) {
    const bool synthesis = path == "/cognitiveservices/v1" && method == "POST";
    const bool list = path == "/cognitiveservices/voices/list" && method == "GET";
    const bool token = path == "/sts/v1.0/issueToken" && method == "POST";
    if (!synthesis && !list && !token)
      return exchange->answer(404, "text/plain", "");
    if (!choose_fault(*exchange, synthesis ? std::optional(Operation::kSynthesis) : std::nullopt))
      return;
    const auto key = exchange->header("Ocp-Apim-Subscription-Key");
    if (!is_right(key.empty() && !token ? bearer_of(*exchange) : key))
      return answer_azure_error(*exchange, 401, "");
    if (const auto status = exchange->fault().status) {
      if (synthesis)
        services.note(Operation::kSynthesis, json::Object().set("refused_with", *status));
      return answer_azure_error(*exchange, *status, "", exchange->fault().retry_after);
    }
    if (token)
      exchange->answer(200, "text/plain", issue_token());
    else if (list)
      exchange->answer(200, "application/json", voices_json());
    else
      handle_synthesis(services, exchange);
  }

  Ref<GMainContext> context;
  SandboxSettings settings;
  Services services;
  Ref<SoupServer> server;
  std::unique_ptr<SoupListener> listener;
};

Sandbox::Sandbox(Ref<GMainContext> context) : impl_(std::make_unique<Impl>(std::move(context))) {}
Sandbox::~Sandbox() { stop(); }

Result<int> Sandbox::start(const SandboxSettings& settings) {
  stop();
  impl_->settings = settings;
  // libsoup attaches the listener to the thread's default context.
  g_main_context_push_thread_default(impl_->context.get());
  auto server =
      Ref<SoupServer>::adopt(soup_server_new("server-header", "centralita-sandbox", nullptr));
  soup_server_add_handler(server.get(), nullptr, Impl::on_request, impl_.get(), nullptr);
  auto listener =
      SoupListener::listen(server.get(), settings.host, static_cast<std::uint16_t>(settings.port));
  g_main_context_pop_thread_default(impl_->context.get());
  if (!listener)
    return Unexpected(listener.error());
  impl_->server = std::move(server);
  impl_->listener = std::move(*listener);
  return port();
}

int Sandbox::port() const { return impl_->listener ? impl_->listener->port() : 0; }

void Sandbox::stop() {
  impl_->listener = nullptr;
  if (impl_->server)
    soup_server_disconnect(impl_->server.get());
  impl_->server = nullptr;
}

}  // namespace centralita::sandbox
