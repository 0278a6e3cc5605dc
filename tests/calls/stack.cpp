#include "tests/calls/stack.h"

#include "plugins/base/http_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <regex>

namespace centralita {
namespace {

std::string program() {
  const char* path = g_getenv("CENTRALITA_PROGRAM");
  if (!path)
    g_error("CENTRALITA_PROGRAM is not set; run this test by ./dev test");
  return path;
}

std::string recording(const std::string& language, const std::string& name) {
  const auto folder = language == "es" ? "es_MX_f_Allison" : "en_US_f_Allison";
  return std::string("/usr/share/asterisk/sounds/") + folder + "/" + name + ".wav";
}

// "say es/vm-goodbye" -> "say /usr/share/.../vm-goodbye.wav"
std::string with_paths(const std::string& script) {
  static const std::regex kName("\\b(es|en)/([A-Za-z0-9_/-]+)");
  std::string result;
  auto at = script.cbegin();
  for (std::sregex_iterator match(script.begin(), script.end(), kName), end; match != end;
       ++match) {
    result.append(at, (*match)[0].first);
    result += recording((*match)[1], (*match)[2]);
    at = (*match)[0].second;
  }
  return result.append(at, script.cend());
}

// CENTRALITA_SANDBOX: another build of the program, for when this one is too slow to hear speech in
// a provider's time: with a sanitizer. It finds its own libraries.
std::unique_ptr<Program> start_sandbox() {
  const char* path = g_getenv("CENTRALITA_SANDBOX");
  const std::vector<std::string> command{path ? path : program(), "sandbox", "--port", "0"};
  if (path)
    return std::make_unique<Program>(command, Program::Environment{{"LD_LIBRARY_PATH", ""}});
  return std::make_unique<Program>(command, Program::Environment{});
}

IoContext main_io() {
  return IoContext(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session());
}

}  // namespace

double times_slower() {
  const char* text = g_getenv("CENTRALITA_TIMES_SLOWER");
  return text ? std::max(1.0, g_ascii_strtod(text, nullptr)) : 1;
}

Stack::Stack(Program::Environment environment) : io_(main_io()) {
  sandbox_ = start_sandbox();
  sandbox_url_ = sandbox_->wait_for("sandbox listening on (http://[^ \\n]+)");
  database_ = PostgresFixture::shared().create_database();
  environment_ = {{"DATABASE_URL", database_},
                  {"CENTRALITA_DATA", data_.path()},
                  {"ADMIN_API_KEY", kAdminKey},
                  {"CENTRALITA_PORT", "0"},
                  // It would take the faults that are set for calls.
                  {"PREPARE_SPEECH", "0"},
                  // Tests fail calls on purpose, more than three in a minute.
                  {"GLOBAL_STOP_MAX_ERRORS_IN_WINDOW", "0"},
                  // The machine is not the server's alone.
                  {"MAX_PACING_LATENESS_MS", "0"},
                  {"TWILIO_AUTH_TOKEN", kTwilioToken},
                  {"GROQ_API_KEY", "sandbox"},
                  {"GROQ_BASE_URL", sandbox_url_ + "/openai/v1"},
                  {"AZURE_SPEECH_KEY", "sandbox"},
                  {"AZURE_SPEECH_ENDPOINT", sandbox_url_},
                  {"CENTRALITA_SANDBOX_URL", sandbox_url_},
                  {"PUBLIC_BASE_URL", ""},
                  {"LOG_LEVEL", "debug"}};
  for (auto& [name, value] : environment) environment_[name] = value;
  start_server();
}

void Stack::restart_server() {
  server_->wait();
  start_server();
}

void Stack::start_server() {
  server_ = std::make_unique<Program>(std::vector<std::string>{program(), "serve"}, environment_);
  url_ = server_->wait_for("listening on (http://[^ ;]+)");
  for (int i = 0; i < 1000 && get("/ready", false).status != 200; ++i) look_away();
}

void Stack::look_away() {
  bool over = false;
  const auto timer = io_.after(std::chrono::milliseconds(10), [&] { over = true; });
  while (!over) g_main_context_iteration(nullptr, TRUE);
}

std::unique_ptr<Program> Stack::another_program(std::vector<std::string> arguments,
                                                Program::Environment environment) {
  for (const auto& [name, value] : environment_) environment.emplace(name, value);
  arguments.insert(arguments.begin(), program());
  return std::make_unique<Program>(std::move(arguments), environment);
}

std::unique_ptr<Stack::Another> Stack::server_beside(Program::Environment environment) {
  auto another = std::make_unique<Another>();
  auto all = environment_;
  for (auto& [name, value] : environment) all[name] = value;
  all["CENTRALITA_DATA"] = another->data.path();
  another->program = std::make_unique<Program>(std::vector<std::string>{program(), "serve"}, all);
  another->url = another->program->wait_for("listening on (http://[^ ;]+)");
  for (int i = 0; i < 1000 && get_url(another->url + "/ready").status != 200; ++i) look_away();
  return another;
}

// --- Calls -------------------------------------------------------------------

std::shared_ptr<caller::CallPlan> Stack::plan(const std::string& script, caller::CallPlan::Way way,
                                              const std::string& agent, int rate_hz) {
  auto plan = std::make_shared<caller::CallPlan>();
  plan->way = way;
  plan->stream_rate_hz = rate_hz;
  const auto& at = called_.empty() ? url_ : called_;
  plan->url = way == caller::CallPlan::Way::kWebhook ? at + "/api/v1/twilio/incoming-call" : at;
  plan->auth_token = kTwilioToken;
  plan->admin_key = kAdminKey;
  plan->agent = agent == "default" ? "" : agent;
  auto parsed = caller::parse_script_text(with_paths(script));
  if (!parsed)
    g_error("%s", parsed.error().c_str());
  plan->script = std::move(*parsed);
  if (const auto error = caller::load_clips(*plan); !error.empty())
    g_error("%s", error.c_str());
  return plan;
}

caller::CallReport Stack::call(const std::string& script, caller::CallPlan::Way way,
                               const std::string& agent) {
  std::optional<caller::CallReport> report;
  caller::Caller caller(io_, plan(script, way, agent),
                        [&](caller::CallReport done) { report = std::move(done); });
  caller.start();
  while (!report) g_main_context_iteration(nullptr, TRUE);
  return std::move(*report);
}

std::vector<caller::CallReport> Stack::calls(const std::string& script, int count,
                                             caller::CallPlan::Way way) {
  const auto shared = plan(script, way, "default");
  std::vector<caller::CallReport> reports;
  std::vector<std::unique_ptr<caller::Caller>> callers;
  for (int i = 0; i < count; ++i) {
    callers.push_back(std::make_unique<caller::Caller>(
        io_, shared, [&](caller::CallReport done) { reports.push_back(std::move(done)); }));
    callers.back()->start();
  }
  while (reports.size() < static_cast<std::size_t>(count)) g_main_context_iteration(nullptr, TRUE);
  return reports;
}

std::string Stack::speech(const std::string& words) {
  const auto path = data_.path() + "/" + std::to_string(std::hash<std::string>{}(words)) + ".wav";
  const auto reply = post(sandbox_url_ + "/cognitiveservices/v1",
                          "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' "
                          "xml:lang='es-MX'><voice name='es-MX-DaliaNeural'>" +
                              words + "</voice></speak>",
                          {{"Ocp-Apim-Subscription-Key", "sandbox"},
                           {"X-Microsoft-OutputFormat", "riff-8khz-16bit-mono-pcm"},
                           {"User-Agent", "test"}},
                          "application/ssml+xml");
  if (reply.status != 200)
    g_error("the sandbox does not say \"%s\": %d %s", words.c_str(), reply.status,
            reply.body.c_str());
  std::ofstream(path, std::ios::binary) << reply.body;
  return path;
}

// --- HTTP --------------------------------------------------------------------

HttpReply Stack::request(HttpRequest request) {
  HttpReply reply;
  bool done = false;
  const Slot pending = HttpStream::start(
      io_, std::move(request),
      {.on_answer =
           [&](const HttpAnswer& answer) {
             reply.status = answer.status;
             reply.content_type = answer.content_type;
           },
       .on_bytes = [&](auto bytes) { reply.body.append(bytes.begin(), bytes.end()); },
       .on_end = [&] { done = true; },
       .on_failure = [&](const HttpFailure&) { done = true; }});
  while (!done) g_main_context_iteration(nullptr, TRUE);
  return reply;
}

HttpReply Stack::get(const std::string& path, bool with_key) {
  HttpRequest get{.method = "GET", .url = url_ + path};
  if (with_key)
    get.headers.emplace_back("X-API-Key", kAdminKey);
  return request(std::move(get));
}

HttpReply Stack::get_url(const std::string& url) { return request({.method = "GET", .url = url}); }

HttpReply Stack::post(const std::string& url, const std::string& body,
                      std::vector<std::pair<std::string, std::string>> headers,
                      const std::string& content_type) {
  return request(
      {.url = url, .headers = std::move(headers), .content_type = content_type, .body = body});
}

json::Object Stack::history(const std::string& provider_call_id) {
  for (int i = 0; i < 1000; ++i, look_away()) {
    const auto list = json::parse(get("/api/v1/calls?limit=200").body);
    if (!list)
      continue;
    for (const auto& call : list->object().objects("calls"))
      if (call.string("provider_call_id") == provider_call_id && call.string("end_time"))
        return json::parse(get("/api/v1/calls/" + std::to_string(*call.integer("id"))).body)
            ->object();
  }
  g_error("call %s is not in the history. The server said:\n%s", provider_call_id.c_str(),
          server_->output().c_str());
}

void Stack::set_fault(const std::string& fault) {
  const auto reply = post(sandbox_url_ + "/sandbox/faults", fault);
  if (reply.status < 200 || reply.status > 299)
    g_error("the sandbox refuses the fault %s: %d %s", fault.c_str(), reply.status,
            reply.body.c_str());
}

void Stack::clear_faults() {
  request({.method = "DELETE", .url = sandbox_url_ + "/sandbox/faults"});
}

void Stack::configure(const std::string& setting, const std::string& json_value,
                      const std::string& agent) {
  std::int64_t id = 0;
  for (const auto& each : json::parse(get("/api/v1/agents").body)->object().objects("agents"))
    if (each.string("name") == agent)
      id = *each.integer("id");
  const auto reply = request({.method = "PATCH",
                              .url = url_ + "/api/v1/agents/" + std::to_string(id),
                              .headers = {{"X-API-Key", kAdminKey}},
                              .content_type = "application/json",
                              .body = "{\"shared\": {\"" + setting + "\": " + json_value + "}}"});
  if (reply.status != 200)
    g_error("%s cannot be %s: %d %s", setting.c_str(), json_value.c_str(), reply.status,
            reply.body.c_str());
}

void Stack::add_english_agent() {
  const auto reply = post(url_ + "/api/v1/agents", R"({"name": "english", "shared": {
      "instructions": "You are a friendly receptionist.",
      "first_message": "Good morning, how can I help you?",
      "idle_message": "Are you still there?",
      "apology_message": "Sorry, something went wrong. Goodbye.",
      "voice_language": "en-US", "voice_name": "en-US-GuyNeural", "stt_language": "en-US"}})",
                          {{"X-API-Key", kAdminKey}});
  if (reply.status != 201)
    g_error("no English agent: %d %s", reply.status, reply.body.c_str());
}

// --- What tests look at ------------------------------------------------------

double level_dbfs(const std::vector<std::int16_t>& samples, int rate_hz, double from_ms,
                  double to_ms) {
  double sum = 0;
  std::size_t count = 0;
  for (auto i = static_cast<std::size_t>(from_ms * rate_hz / 1000);
       i < std::min(samples.size(), static_cast<std::size_t>(to_ms * rate_hz / 1000)); ++i, ++count)
    sum += static_cast<double>(samples[i]) * samples[i];
  return count == 0 || sum == 0 ? -120
                                : 10 * std::log10(sum / static_cast<double>(count) / 32768 / 32768);
}

std::vector<std::string> lines_of(const json::Object& history) {
  std::vector<std::string> lines;
  for (const auto& turn : history.objects("transcripts"))
    lines.push_back(turn.string("role").value_or("?") + ": " + turn.string("content").value_or(""));
  return lines;
}

std::vector<std::string> events_of(const json::Object& history, const std::string& prefix) {
  std::vector<std::string> events;
  for (const auto& event : history.objects("events"))
    if (event.string("name").value_or("").starts_with(prefix))
      events.push_back(*event.string("name") + ": " + event.string("detail").value_or(""));
  return events;
}

}  // namespace centralita
