#include "server/prepared_speech.h"

#include "pipelines/briefing.h"
#include "pipelines/call_pipeline.h"
#include "plugins/base/provider_error.h"
#include "plugins/dialog/spoken_clauses.h"
#include "server/agents/document.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <vector>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// Several changes that come together are one.
constexpr auto kSoon = 200ms;
constexpr auto kRetry = 60s;

// The kinds of call, and what is heard in them.
struct Kind {
  const char* client_type;
  WireFormat format;
};
const Kind kKinds[] = {
    {"twilio", {}},
    {"telnyx", {}},
    {"browser", {.encoding = WireFormat::Encoding::kPcm, .rate = 16'000}},
};

bool is_fixed(const std::string& text) {
  return !text.empty() && text.find("{{") == std::string::npos;
}

// With what is the same in every call filled in.
std::vector<std::string> sentences(const AgentConfig& agent) {
  Variables variables(agent.dynamic_vars.begin(), agent.dynamic_vars.end());
  for (auto it = variables.begin(); it != variables.end();)
    it = is_own_variable(it->first) ? variables.erase(it) : std::next(it);
  variables["agent_name"] = agent.name;
  std::vector<std::string> texts{agent.apology_message, agent.goodbye_message};
  if (agent.speak_first)
    texts.push_back(agent.first_message);
  texts.push_back(agent.outbound_first_message);
  for (auto& text : texts) {
    auto filled = fill_variables(text, variables);
    text = filled.unknown.empty() ? std::move(filled.text) : std::string();
  }
  std::erase_if(texts, [](const std::string& text) { return !is_fixed(text); });
  return texts;
}

}  // namespace

PreparedSpeech::PreparedSpeech(IoContext io, store::Store& store, std::string folder,
                               std::function<Result<std::string>(const std::string&)> launch_text)
    : io_(std::move(io)),
      store_(store),
      folder_(std::move(folder)),
      launch_text_(std::move(launch_text)) {
  if (folder_.empty())
    return;
  watch_ = store_.listener().subscribe("agents", nullptr, [this](const auto& what) {
    if (what != "numbers")
      look_soon(kSoon);
  });
  look_soon(kSoon);
}

PreparedSpeech::~PreparedSpeech() = default;

void PreparedSpeech::look_soon(std::chrono::milliseconds pause) {
  timer_ = io_.after(pause, [this] { look(); });
}

void PreparedSpeech::look() {
  using Agents = std::vector<store::StoredAgent>;
  store_.read<Agents>(
      [](store::Connection& connection) { return store::list_agents(connection, false); }, nullptr,
      [this, alive = std::weak_ptr(alive_)](const Result<Agents, store::StoreError>& agents) {
        if (alive.expired())
          return;
        if (!agents)
          return look_soon(kRetry);
        const bool idle = jobs_.empty() && !pipeline_;
        jobs_.clear();
        problem_.clear();
        for (const auto& agent : *agents)
          for (const auto& kind : kKinds) jobs_.push_back({agent.name, kind.client_type});
        if (idle)
          next();
      });
}

void PreparedSpeech::next() {
  pipeline_.reset();
  if (jobs_.empty()) {
    if (problem_.empty())
      return spdlog::info("the sentences of the agents are prepared");
    spdlog::warn("some sentences of agents are not prepared yet, calls make them themselves: {}",
                 problem_);
    return look_soon(kRetry);
  }
  const auto job = jobs_.front();
  jobs_.pop_front();
  store_.load_agent(
      store::AgentKey(job.agent), agents::profile_named(job.client_type), nullptr,
      [this, job, alive = std::weak_ptr(alive_)](Result<AgentConfig, store::StoreError> agent) {
        if (alive.expired())
          return;
        if (agent)
          return prepare(job, *agent);
        next();  // deleted meanwhile
      });
}

void PreparedSpeech::prepare(const Job& job, const AgentConfig& agent) {
  step_ = io_.after({}, [this] { next(); });  // unless something is under way
  const auto texts = sentences(agent);
  const auto launch = launch_text_(job.client_type);
  if (texts.empty() || !launch)
    return;
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& each) {
    return job.client_type == each.client_type;
  });
  auto pipeline = CallPipeline::create(
      io_, {.launch = with_codecs(*launch, kind->format, kind->format),
            .format = kind->format,
            .agent = agent,
            .phrase_folder = folder_,
            .on_message = [this](GstMessage* message) { on_message(message); }});
  if (!pipeline || !(*pipeline)->start()) {
    spdlog::warn("sentences of agent {} are not prepared: {}", agent.name,
                 pipeline ? "its pipeline does not start" : pipeline.error());
    return;
  }
  pipeline_ = std::move(*pipeline);
  under_way_ = 0;
  for (const auto& text : texts)
    for (const auto& clause : spoken_clauses(text))
      under_way_ += pipeline_->prepare(clause) ? 1 : 0;
  if (under_way_ > 0)
    step_.reset();
}

void PreparedSpeech::on_message(GstMessage* message) {
  if (const auto error = ProviderError::from_message(message)) {
    problem_ = error->text;  // the others are made all the same: it may be one agent's voice
    return;
  }
  if (!gst_message_has_name(message, "phrase-prepared") || --under_way_ > 0)
    return;
  step_ = io_.after({}, [this] { next(); });
}

}  // namespace centralita
