#include "server/replay/virtual_call.h"

#include "pipelines/call.h"
#include "pipelines/call_pipeline.h"
#include "plugins/dialog/spoken_clauses.h"
#include "server/replay/far_end.h"
#include "server/replay/loopback_server.h"
#include "server/replay/providers.h"
#include "server/replay/timeline.h"

#include <map>

namespace centralita::replay {
namespace {

using namespace std::chrono_literals;

// A call of this length does not end by itself any more.
constexpr auto kLongest = 40min;

void append(std::string& text, const char* name, const std::optional<int>& value) {
  if (value)
    text += std::string(" ") + name + " " + std::to_string(*value);
}

std::string to_text(const TurnTimings& timings) {
  std::string text;
  append(text, "response", timings.response);
  append(text, "endpointing", timings.endpointing);
  append(text, "stt", timings.stt);
  append(text, "first-token", timings.llm_first_token);
  append(text, "first-clause", timings.llm_first_clause);
  append(text, "first-byte", timings.tts_first_byte);
  append(text, "queue", timings.queue);
  append(text, "heard", timings.heard);
  return text;
}

// With nobody at the addresses where the script wants nobody, and phrases kept only where it wants
// some: another call's would be there too, in the same process.
std::string adapted(std::string launch, const Scenario& scenario) {
  const auto replace = [&launch](const std::string& from, const std::string& to) {
    if (const auto at = launch.find(from); at != std::string::npos)
      launch.replace(at, from.size(), to);
  };
  constexpr char kNobody[] = "http://127.0.0.1:9";
  if (!scenario.prepared)
    replace("cache=prepared", "cache=off");
  if (scenario.stt.refused)
    replace("name=stt", std::string("name=stt base-url=") + kNobody);
  if (scenario.llm.refused)
    replace("name=dialog", std::string("name=dialog base-url=") + kNobody);
  if (scenario.tts.refused)
    replace("name=tts", std::string("name=tts endpoint=") + kNobody);
  return launch;
}

// Has the sentences synthesised that the server would have, until nothing is under way.
void prepare(const IoContext& io, const AgentConfig& agent, const std::string& launch,
             FakeClock& clock, TimerQueue& timers, LoopbackServer& server) {
  int under_way = 0;
  const auto pipeline =
      CallPipeline::create(io, {.launch = launch,
                                .format = {},
                                .agent = agent,
                                .on_message = [&under_way](GstMessage* message) {
                                  if (gst_message_has_name(message, "phrase-prepared"))
                                    --under_way;
                                }});
  if (!pipeline || !(*pipeline)->start())
    throw std::runtime_error("the sentences cannot be prepared");
  for (const auto* text : {&agent.first_message, &agent.apology_message})
    for (const auto& clause : spoken_clauses(*text))
      under_way += (*pipeline)->prepare(clause) ? 1 : 0;
  server.settle();
  while (under_way > 0) {
    clock.set(timers.next_deadline());
    timers.run_one_due();
    server.settle();
  }
}

class Recorder final : public CallObserver {
 public:
  Recorder(Timeline& timeline, WallTime start, RecordedCall& record, CallObserver* also)
      : timeline_(timeline), start_(start), record_(record), also_(also) {}
  void call_started(const CallStarted& call) override {
    timeline_.add("call", "started");
    record_.client_type = call.client_type;
    if (also_)
      also_->call_started(call);
  }
  void turn_finished(const TurnFinished& turn) override {
    std::string text = std::to_string(turn.number) + " " + name_of(turn.role) + ": \"" +
                       turn.content + "\"" + (turn.interrupted ? ", interrupted" : "");
    if (!turn.generated.empty())
      text += ", of \"" + turn.generated + "\"";
    const auto timings = to_text(turn.timings);
    timeline_.add("turn", text + (timings.empty() ? "" : ";" + timings));
    turns_[turn.number] = {.role = turn.role,
                           .content = turn.content,
                           .generated = turn.generated,
                           .interrupted = turn.interrupted,
                           .begin = since_start(turn.timestamp),
                           .length = turn.duration.value_or(milliseconds(0)),
                           .timings = turn.timings};
    if (also_)
      also_->turn_finished(turn);
  }
  void call_ended(const CallEnded& end) override {
    for (auto& [number, turn] : turns_) record_.turns.push_back(std::move(turn));
    if (also_)
      also_->call_ended(end);
  }
  void call_event(const CallEvent& event) override {
    if (event.name == "state")
      timeline_.add("state", event.detail);
    else
      timeline_.add("event", event.name + (event.detail.empty() ? "" : ": " + event.detail));
    record_.events.push_back({event.since_start, event.name, event.detail});
    if (also_)
      also_->call_event(event);
  }
  void tool_finished(const ToolFinished& tool) override {
    record_.tools.push_back({.at = tool.since_start,
                             .duration = tool.duration,
                             .name = tool.name,
                             .arguments = tool.arguments,
                             .result = tool.result,
                             .ok = tool.ok});
    if (also_)
      also_->tool_finished(tool);
  }

 private:
  milliseconds since_start(WallTime time) const {
    return std::chrono::duration_cast<milliseconds>(time - start_);
  }

  Timeline& timeline_;
  const WallTime start_;
  RecordedCall& record_;
  CallObserver* const also_;
  std::map<int, RecordedCall::TurnOf> turns_;  // one may come again
};

}  // namespace

VirtualCallResult run_virtual_call(const Scenario& scenario, const std::string& launch,
                                   CallObserver* also) {
  const auto began = g_get_monotonic_time();
  g_random_set_seed(20260105);  // pauses before a second try are shortened at random
  FakeClock clock;
  const auto context = Ref<GMainContext>::adopt(g_main_context_new());
  const auto timers = TimerQueue::manual(clock, context.get());
  g_main_context_acquire(context.get());
  g_main_context_push_thread_default(context.get());

  VirtualCallResult result;
  {
    const IoContext io(context, IoContext::make_session());
    Timeline timeline(clock);
    FarEnd far_end(scenario, timeline, *timers);
    Providers providers(scenario, timeline, *timers,
                        [&](auto samples) { return far_end.words_of(samples); });
    LoopbackServer server(context.get(), io.session(),
                          [&](const auto& exchange) { providers.on_request(exchange); });
    g_setenv("GROQ_BASE_URL", server.url().c_str(), TRUE);
    g_setenv("GROQ_API_KEY", "test", TRUE);
    g_setenv("AZURE_SPEECH_ENDPOINT", server.url().c_str(), TRUE);
    g_setenv("AZURE_SPEECH_KEY", "test", TRUE);

    for (const auto* name : {"GROQ_FALLBACK_BASE_URL", "AZURE_SPEECH_FALLBACK_ENDPOINT"})
      if (scenario.fallback)
        g_setenv(name, (server.url() + kFallbackPath).c_str(), TRUE);
      else
        g_unsetenv(name);

    auto agent = scenario.agent;
    for (const auto& [name, service] : scenario.services)
      agent.tools.push_back(
          {.name = name, .description = "A service.", .url = server.url() + kToolPath + name});

    if (scenario.prepared) {
      auto well = scenario;  // with all services as they are before anything fails
      for (auto* script : {&well.stt, &well.llm, &well.tts}) script->refused = false;
      providers.before_the_call(true);
      prepare(io, agent, adapted(launch, well), clock, *timers, server);
      providers.before_the_call(false);
      timeline.begin_again();
    }
    Recorder recorder(timeline, io.wall(), result.record, also);
    Call call(io,
              {.info = {.session_id = scenario.session_id,
                        .client_type = "twilio",
                        .start_time = io.wall()},
               .agent = std::move(agent),
               .launch = adapted(launch, scenario),
               .format = {},
               .line = scenario.carrier ? &far_end : nullptr},
              far_end, recorder);
    const auto start = clock.now();
    far_end.connect(call);
    call.start();
    try {
      server.settle();
      while (!far_end.over() && providers.complaint().empty() && clock.now() - start < kLongest) {
        clock.set(timers->next_deadline());
        timers->run_one_due();
        server.settle();
      }
    } catch (const std::exception& error) {
      result.complaint = error.what();
    }
    if (result.complaint.empty())
      result.complaint = providers.complaint();
    if (result.complaint.empty() && !far_end.over())
      result.complaint = "the call does not end";
    result.virtual_time = clock.now() - start;
    result.timeline = timeline.text();
    result.heard = far_end.heard();
    result.line = far_end.sent();
    result.spoken = far_end.spoken();
    result.agent_voice = far_end.agent_voice();
    result.clears = far_end.clears();
    result.stt_requests = providers.stt_requests();
    result.llm_requests = providers.llm_requests();
    result.tts_requests = providers.tts_requests();
    if (!far_end.over())
      call.end("test-over");
  }
  while (g_main_context_iteration(context.get(), FALSE)) continue;
  g_main_context_pop_thread_default(context.get());
  g_main_context_release(context.get());
  result.wall_time = std::chrono::microseconds(g_get_monotonic_time() - began);
  return result;
}

}  // namespace centralita::replay
