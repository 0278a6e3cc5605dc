#include "server/handlers/simulator_handler.h"

#include "plugins/base/http_stream.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// What is needed until the answer has been given.
struct Start {
  Exchange exchange;
  std::string client_id;
  AgentConfig agent;
  std::string phrases_body;
  Slot request;
};

void answer(const std::shared_ptr<Start>& start) {
  json::Array phrases;
  if (const auto document = json::parse(start->phrases_body))
    if (const auto list = document->object().array("phrases"))
      for (const auto& phrase : list->strings()) phrases.add(phrase);
  const auto& agent = start->agent;
  start->exchange->reply_json(200, json::Object()
                                       .set("status", "ready")
                                       .set("version", "v2")
                                       .set("client_id", start->client_id)
                                       .set("phrases", phrases)
                                       .set("agent", json::Object()
                                                         .set("name", agent.name)
                                                         .set("language", agent.voice_language)
                                                         .set("voice", agent.voice_name)));
}

// The sandbox says what it understands; the real providers understand everything.
void ask_for_phrases(const std::shared_ptr<Start>& start, const IoContext& io,
                     const std::string& sandbox_url) {
  const auto language = start->agent.stt_language.substr(0, start->agent.stt_language.find('-'));
  // The request is kept by what its own functions hold, and let go of by whichever comes last.
  const auto finish = [start] {
    answer(start);
    start->request.reset();
  };
  start->request = HttpStream::start(
      io,
      {.method = "GET",
       .url = sandbox_url + "/sandbox/phrases?language=" + language,
       .deadlines = {.connect = 500ms, .first_byte = 1000ms, .stall = 1000ms}},
      {.on_bytes = [start](auto bytes) { start->phrases_body.append(bytes.begin(), bytes.end()); },
       .on_end = finish,
       .on_failure =
           [finish](const HttpFailure& failure) {
             spdlog::warn("the sandbox does not say what it understands: {}", failure.detail);
             finish();
           }});
}

}  // namespace

void add_simulator_handler(Router& router, const Settings& settings, const IoContext& io,
                           StreamGrants& grants, store::Store& store, policy::CallPolicy& policy) {
  const auto handle = [&grants, &store, &policy, io,
                       sandbox_url = settings.sandbox_url](const Exchange& exchange) {
    if (const auto refused = policy.refusal())
      return exchange->reply_error(503, ("calls-" + refused->code).c_str(), refused->text);
    std::string agent, profile = "browser";
    HttpExchange::Fields variables;
    if (const auto body = exchange->body(); !body.empty()) {
      const auto document = json::parse(body);
      if (!document || !document->is_object())
        return exchange->reply_error(400, "bad-json", "The body must be a JSON object or empty.");
      agent = document->object().string("agent").value_or(agent);
      profile = document->object().string("profile").value_or(profile);
      const auto given = document->object().object("variables").value_or(json::Object());
      for (const auto& name : given.names())
        if (auto value = given.string(name.c_str()))
          variables[name] = std::move(*value);
    }
    const auto known = agents::profile_named(profile);
    if (!known)
      return exchange->reply_error(400, "bad-profile",
                                   "profile must be browser, twilio or telnyx.");
    const auto key =
        agent.empty() ? store::AgentKey(store::CalledNumber{}) : store::AgentKey(agent);
    store.load_agent(key, *known, nullptr,
                     [exchange, profile, variables, &grants, io,
                      sandbox_url](Result<AgentConfig, store::StoreError> config) {
                       if (!config)
                         return exchange->reply_error(
                             config.error().code == store::kNotFound ? 404 : 503,
                             config.error().code.c_str(), config.error().message);
                       const auto start = std::make_shared<Start>();
                       start->exchange = exchange;
                       start->client_id = grants.issue({.client_type = "browser",
                                                        .agent = config->name,
                                                        .profile = profile,
                                                        .variables = variables,
                                                        .trace_id = exchange->trace_id()});
                       start->agent = std::move(*config);
                       if (sandbox_url.empty())
                         answer(start);
                       else
                         ask_for_phrases(start, io, sandbox_url);
                     });
  };
  router.add("POST", "/ws/simulator/v2/start", Access::kEditor, handle);
  router.add("POST", "/ws/simulator/start", Access::kEditor, handle);  // the predecessor's name
}

}  // namespace centralita
