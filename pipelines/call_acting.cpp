// Call, continued: what the agent does besides talking, and what it is told of that the caller has
// not said.
#include "pipelines/call.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Between two sentences to a caller who waits for somebody else.
constexpr auto kComfort = 8s;

}  // namespace

// --- Tools -------------------------------------------------------------------

void Call::on_tool_call(const ToolCalled& call) {
  spdlog::info("call {}: the model calls {}", session_id(), call.name);
  if (tools_.is_service(call.name))
    filler_.wait_begins(io_.now());
  if (!tools_.is_end_call(call.name))
    return tools_.run(call.reply, call.id, call.name, call.arguments);
  tell("tool", R"({"name":"end_call","outcome":"ok"})");
  last_reply_ = call.reply;
  last_cause_ = "agent-hung-up";
  const std::string result =
      "The call ends after your next words. Say goodbye in one short sentence.";
  tool_finished({.turn = call.reply,
                 .id = call.id,
                 .name = call.name,
                 .arguments = call.arguments,
                 .began = io_.now(),
                 .ok = true,
                 .result = result});
  pipeline_->add_tool_result(call.id, result);
}

void Call::tool_answered(const std::string& id, const std::string& result) {
  if (!ended_ && pipeline_)
    pipeline_->add_tool_result(id, result);
}

void Call::tool_finished(const Toolbox::Run& run) {
  const auto took = duration_cast<milliseconds>(io_.now() - run.began);
  const ToolFinished tool{.session_id = session_id(),
                          .number = tool_calls_++,
                          .reply = run.turn,
                          .id = run.id,
                          .name = run.name,
                          .arguments = run.arguments,
                          .result = run.result,
                          .ok = run.ok,
                          .time = io_.wall() - took,
                          .since_start = duration_cast<milliseconds>(run.began - began_),
                          .duration = took};
  observer_.tool_finished(tool);
  if (!ended_)
    peer_.show_tool(tool);
}

// --- While the caller waits --------------------------------------------------

void Call::filler_due() {
  filler_.heard_until(caller_speaking_ ? io_.now() : voice_.plays_until());
  if (const auto phrase = filler_.due(io_.now()); phrase && pipeline_->interject(*phrase)) {
    tell("filler", *phrase);
    waiting_since_ = io_.now();  // something is said: no second sentence for the same wait
    watch_silence();
  }
  look_around();
}

void Call::say_first(const std::string& text, std::function<void(bool)> then) {
  if (!text.empty())
    pipeline_->interject(text);
  heard_wait_.start([this] { return voice_.all_heard(); }, std::move(then));
}

// The other party of a warm transfer may take half a minute to answer, or not to: the caller hears
// now and then that somebody is there, and is not asked whether they are.
void Call::other_party_rings() {
  if (ended_)
    return;
  tell("other-party-rings", "");
  comfort_later();
  look_around();
}

void Call::comfort_later() {
  comfort_timer_ = io_.after(kComfort, [this] {
    comfort_later();
    const bool quiet = turn_.state() == TurnState::kListening && !caller_speaking_ &&
                       !voice_.busy() && !keys_.waiting();
    if (const auto phrase = quiet ? filler_.another() : std::nullopt)
      say(*phrase);
  });
}

void Call::came_back(const std::string& why) {
  comfort_timer_.reset();
  notice(why);
  look_around();
}

// --- What it is told ---------------------------------------------------------

void Call::notice(const std::string& text) {
  if (ended_ || hushed_ || !pipeline_ || turn_.state() == TurnState::kEnding)
    return;
  withdraw_speculation();
  next_timings_ = {};
  pipeline_->respond("[" + text + "]");
}

void Call::add_context(const Variables& variables, const std::string& note) {
  if (ended_ || !pipeline_)
    return;
  if (const auto added = context_.add(variables, note); !added)
    return tell("context-refused", added.error());
  withdraw_speculation();  // it does not know of it
  pipeline_->instruct(context_.instructions(), context_.variables());
  json::Array names;
  for (const auto& [name, value] : variables) names.add(name);
  tell("context", json::Object().set("variables", names).set("note", note).to_string());
}

}  // namespace centralita
