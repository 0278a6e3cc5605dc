#include "server/analysis/analyst.h"

#include "plugins/base/http_stream.h"
#include "plugins/base/provider_health.h"
#include "plugins/base/provider_settings.h"
#include "server/analysis/extraction.h"
#include "server/logging/trace_id.h"
#include "server/privacy/pii_json.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// From the end of a call until the history has it, usually.
constexpr auto kAfterEnd = 500ms;
constexpr auto kEvery = 15s;
constexpr char kUsualModel[] = "openai/gpt-oss-20b";
constexpr char kOwnUrl[] = "https://api.groq.com/openai/v1";
constexpr std::size_t kLargestAnswer = 1024 * 1024;
// Within the minute that the event call.ended waits for it.
constexpr HttpDeadlines kPatience{.connect = 5s, .first_byte = 40s, .stall = 10s};
constexpr ProviderInfo kExtraction{.provider = "groq",
                                   .operation = "extraction",
                                   .url_property = "base-url",
                                   .url_blurb = "",
                                   .url_variable = "GROQ_BASE_URL",
                                   .key_variable = "GROQ_API_KEY",
                                   .hosts = {"groq.com"}};

}  // namespace

struct Analyst::Work {
  // As the log's other lines about the call have it; before it has been read only its row is known.
  std::string log_name() const {
    return detail.call.session_id.empty() ? std::to_string(claimed.id) : detail.call.session_id;
  }

  store::ClaimedCall claimed;
  store::CallDetail detail;
  AgentConfig agent;
  Slot request;
  std::optional<ProviderHealth::Request> health;
  HttpAnswer answer;
  std::string body;
};

Analyst::Analyst(IoContext io, store::Store& store, AnalystOptions options)
    : io_(std::move(io)), store_(store), options_(std::move(options)) {
  look_at(kAfterEnd);
}

Analyst::~Analyst() = default;

void Analyst::call_ended(const CallEnded&) {
  io_.post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired())
      look_at(kAfterEnd);
  });
}

void Analyst::look_soon() { look_at(0ms); }

void Analyst::look_at(std::chrono::milliseconds delay) {
  timer_ = io_.after(delay, [this] {
    look_at(kEvery);
    look();
  });
}

void Analyst::look() {
  if (claiming_ || static_cast<int>(working_.size()) >= kAtOnce)
    return;
  claiming_ = true;
  using Claim = std::optional<store::ClaimedCall>;
  store_.change<Claim>(
      [](store::Connection& connection) { return store::claim_extraction(connection); },
      io_.context(),
      [this, alive = std::weak_ptr(alive_)](Result<Claim, store::StoreError> claimed) {
        if (alive.expired())
          return;
        claiming_ = false;
        if (!claimed || !*claimed)
          return;  // an outage is over when it is over: the timer looks again
        begin(**claimed);
        look();
      });
}

void Analyst::begin(const store::ClaimedCall& claimed) {
  const auto work = std::make_shared<Work>();
  work->claimed = claimed;
  working_[claimed.id] = work;
  store_.get_call(claimed.id, io_.context(),
                  [this, alive = std::weak_ptr(alive_),
                   work](Result<store::CallDetail, store::StoreError> detail) {
                    if (alive.expired())
                      return;
                    if (!detail)
                      return failed(work, detail.error().message, true);
                    work->detail = std::move(*detail);
                    load(work);
                  });
}

void Analyst::load(const std::shared_ptr<Work>& work) {
  const auto& call = work->detail.call;
  if (!worth_extracting(work->detail.turns))
    return finish(work, {.id = call.id, .state = "skipped", .data = "", .error = ""});
  const auto key =
      call.agent_id ? store::AgentKey(*call.agent_id) : store::AgentKey(store::CalledNumber{""});
  store_.load_agent(
      key, agents::profile_named(call.client_type), io_.context(),
      [this, alive = std::weak_ptr(alive_), work](Result<AgentConfig, store::StoreError> agent) {
        if (alive.expired())
          return;
        if (agent)
          work->agent = std::move(*agent);
        else if (agent.error().code != store::kNotFound)
          return failed(work, agent.error().message, true);
        // An agent that is gone for good: as the usual one would.
        ask(work);
      });
}

void Analyst::ask(const std::shared_ptr<Work>& work) {
  const auto& call = work->detail.call;
  if (!work->agent.extraction_enabled)
    return finish(work, {.id = call.id, .state = "skipped", .data = "", .error = ""});
  const auto endpoint = ProviderSettings().resolved(kExtraction, kOwnUrl);
  if (endpoint.lacks_key(kExtraction))
    return failed(work, "GROQ_API_KEY is not set on this server.", false);
  auto health = ProviderHealth::shared().begin(kExtraction.provider, kExtraction.operation,
                                               endpoint.base_url, io_.now());
  if (!health)
    return failed(work, breaker_open(kExtraction.provider, kExtraction.operation).text, true);
  work->health.emplace(std::move(*health));
  auto model = work->agent.extraction_model;
  if (model.empty())
    model = or_environment("", "GROQ_EXTRACTION_MODEL");
  if (model.empty())
    model = kUsualModel;
  HttpRequest request{.url = endpoint.base_url + "/chat/completions",
                      .headers = {},
                      .content_type = "application/json",
                      .body = extraction_request(work->agent, model, call, work->detail.turns),
                      .deadlines = kPatience};
  if (!endpoint.api_key.empty())
    request.headers.emplace_back("Authorization", "Bearer " + endpoint.api_key);
  // The handlers live in the request, which the work holds: not longer than it.
  auto* self = work.get();
  work->request = HttpStream::start(
      io_.traced(call.trace_id, tracestate_of(call.trace_id)), std::move(request),
      {.on_answer =
           [this, self](const HttpAnswer& answer) {
             self->answer = answer;
             self->health->answered(io_.now());
           },
       .on_bytes =
           [self](std::span<const std::uint8_t> bytes) {
             const auto room = kLargestAnswer - std::min(kLargestAnswer, self->body.size());
             self->body.append(reinterpret_cast<const char*>(bytes.data()),
                               std::min(bytes.size(), room));
           },
       .on_end = [this, id = call.id] { answered(std::shared_ptr(working_.at(id))); },
       .on_failure =
           [this, id = call.id](const HttpFailure& failure) {
             const auto work = working_.at(id);
             const ProviderError error{.code = failure.code,
                                       .provider = kExtraction.provider,
                                       .operation = kExtraction.operation,
                                       .text = "The model was not reached: " + failure.detail};
             work->health->failed(error, io_.now());
             failed(work, error.text, true);
           }});
}

void Analyst::answered(const std::shared_ptr<Work>& work) {
  const auto& call = work->detail.call;
  if (work->answer.status != 200) {
    const auto error =
        ProviderError::from_http(kExtraction.provider, kExtraction.operation, work->answer.status,
                                 work->answer.retry_after, work->body);
    work->health->failed(error, io_.now());
    return failed(work, error.text, error.retriable(), error.retry_after);
  }
  work->health->succeeded(io_.now());
  const auto data = read_extraction(extraction_schema(work->agent), work->body);
  if (!data)
    return failed(work, "The model's answer does not fit the schema: " + data.error(), true);
  const bool redact = options_.redact_every_call || work->agent.pii_redaction_enabled;
  finish(work, {.id = call.id,
                .state = "done",
                .data = redact ? json_without_pii(*data) : *data,
                .error = ""});
}

void Analyst::failed(const std::shared_ptr<Work>& work, const std::string& error, bool may_pass,
                     std::optional<std::chrono::milliseconds> retry_after) {
  const bool again = may_pass && work->claimed.tries < kMostTries;
  spdlog::warn("call {}: analysis, try {}: {}{}", work->log_name(), work->claimed.tries, error,
               again ? "" : " It is given up.");
  finish(work, {.id = work->claimed.id,
                .state = again ? "waiting" : "failed",
                .data = "",
                .error = error,
                .wait = std::chrono::ceil<std::chrono::seconds>(retry_after.value_or(0ms))});
}

void Analyst::finish(const std::shared_ptr<Work>& work, store::ExtractionOutcome outcome) {
  store_.change<int>(
      [outcome](store::Connection& connection) {
        return store::finish_extraction(connection, outcome);
      },
      io_.context(),
      [this, alive = std::weak_ptr(alive_), work,
       outcome](const Result<int, store::StoreError>& stored) {
        if (alive.expired())
          return;
        working_.erase(work->claimed.id);
        // What could not be stored stays "running" and is due again in five minutes.
        if (!stored)
          spdlog::warn("call {}: analysis: {}", work->log_name(), stored.error().message);
        else if (outcome.state != "waiting" && options_.on_read)
          options_.on_read();
        look();
      });
}

}  // namespace centralita
