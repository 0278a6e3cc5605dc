#include "pipelines/call.h"

#include "plugins/base/provider_error.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A hole in the caller's audio longer than this moves the media clock; shorter ones are jitter.
constexpr auto kHole = 500ms;
// How long after the end of its playing a reply's mark may take to come back.
constexpr auto kMarkGrace = 1500ms;
// The stages of a turn have deadlines of their own; this is for the case that all of them fail.
constexpr auto kTurnLimit = 25s;
// The apology and the goodbye are short.
constexpr auto kEndingLimit = 15s;

constexpr char kEndCallTool[] = "end_call";
constexpr char kTools[] =
    R"([{"type":"function","function":{"name":"end_call","description":"Hang up the telephone. Call it only when the conversation is over and the caller has said goodbye.","parameters":{"type":"object","properties":{},"additionalProperties":false}}}])";

int ms(std::chrono::nanoseconds time) {
  return static_cast<int>(duration_cast<milliseconds>(time).count());
}

std::string mark_of_clause(ClauseTag tag) {
  return "turn-" + std::to_string(tag.turn) + "-clause-" + std::to_string(tag.clause);
}
std::string mark_of_reply(std::uint32_t turn) { return "turn-" + std::to_string(turn) + "-end"; }

std::string text_of(const GstStructure* fields, const char* name) {
  const char* value = gst_structure_get_string(fields, name);
  return value ? value : "";
}
std::uint32_t number_of(const GstStructure* fields, const char* name) {
  guint value = 0;
  gst_structure_get_uint(fields, name, &value);
  return value;
}
std::chrono::nanoseconds time_of(const GstStructure* fields, const char* name) {
  guint64 value = 0;
  gst_structure_get_uint64(fields, name, &value);
  return std::chrono::nanoseconds(value);
}

Call::Options with_briefing(Call::Options options) {
  options.agent = briefed(std::move(options.agent), options.info, options.variables);
  return options;
}

}  // namespace

Call::Call(IoContext io, Options options, MediaPeer& peer, CallObserver& observer)
    : io_(std::move(io)),
      options_(with_briefing(std::move(options))),
      peer_(peer),
      observer_(observer),
      turn_([this](TurnState from, TurnState to) {
        spdlog::info("call {}: {} -> {}", session_id(), name_of(from), name_of(to));
        peer_.show_state(to);
        const bool waiting = to == TurnState::kProcessing || to == TurnState::kToolExecuting;
        watchdog_ =
            waiting
                ? io_.after(kTurnLimit,
                            [this] { apologise("no-answer", "No reply came within 25 seconds."); })
                : Slot();
      }) {}

Call::~Call() = default;

void Call::start() {
  observer_.call_started(options_.info);
  auto pipeline = CallPipeline::create(
      io_, {.launch = options_.launch,
            .format = options_.format,
            .agent = options_.agent,
            .tools = kTools,
            .listener = this,
            .on_message = [this](GstMessage* message) { on_message(message); }});
  if (!pipeline)
    return finish("failed", "pipeline-error", pipeline.error());
  pipeline_ = std::move(*pipeline);
  if (const auto started = pipeline_->start(); !started)
    return finish("failed", "pipeline-error", started.error());

  duration_timer_ = io_.after(options_.agent.max_duration, [this] { end("max-duration"); });
  if (options_.agent.speak_first && !options_.agent.first_message.empty())
    say(options_.agent.first_message);
  else
    caller_may_speak();
}

// --- The caller's side -------------------------------------------------------

void Call::caller_audio(std::span<const std::uint8_t> audio) {
  if (ended_ || !pipeline_ || audio.empty())
    return;
  if (!media_started_) {
    media_started_ = true;
    media_start_ = io_.now();
    media_start_wall_ = io_.wall();
  }
  const auto now = static_cast<GstClockTime>(media_now().count());
  if (now > next_pts_ + std::chrono::nanoseconds(kHole).count())
    next_pts_ = now;
  const auto pts = next_pts_;
  next_pts_ += gst_util_uint64_scale(audio.size() / options_.format.bytes_per_sample(), GST_SECOND,
                                     static_cast<guint64>(options_.format.rate));
  pipeline_->push_audio(audio, pts);
}

void Call::mark_played(const std::string& name) {
  if (ended_)
    return;
  for (const auto& [number, reply] : replies_)
    if (name == mark_of_reply(number))
      return reply_played(number);
  unsigned turn = 0, clause = 0;
  if (std::sscanf(name.c_str(), "turn-%u-clause-%u", &turn, &clause) == 2 && turn == ledger_.turn())
    ledger_.clause_acknowledged(clause);
}

void Call::caller_hung_up() { finish("completed", "caller-hung-up", ""); }

void Call::end(const std::string& cause, const std::string& error) {
  finish(error.empty() ? "completed" : "failed", cause, error);
}

// --- What the pipeline says --------------------------------------------------

void Call::on_message(GstMessage* message) {
  if (ended_)
    return;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
    return on_pipeline_error(message);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING)
    return on_pipeline_warning(message);
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ELEMENT)
    return;
  if (const auto error = ProviderError::from_message(message)) {
    provider_error_ = error->text;
    spdlog::error("call {}: {} [{}] {}", session_id(), error->text,
                  ProviderError::name(error->code), error->detail);
    peer_.show_error(ProviderError::name(error->code), error->text);
    return;
  }
  const auto* fields = gst_message_get_structure(message);
  const std::string name = gst_structure_get_name(fields);
  if (name == "speech-start")
    on_speech_start(fields);
  else if (name == "speech-end")
    on_speech_end(fields);
  else if (name == "transcript")
    on_transcript(fields);
  else if (name == "dialog-started")
    on_dialog_started(fields);
  else if (name == "dialog-clause")
    on_dialog_clause(fields);
  else if (name == "dialog-tool-call")
    on_tool_call(fields);
  else if (name == "dialog-first-token" || name == "synthesis-first-audio")
    on_latency(name, fields);
  else if (name == "transcription-failed" || name == "dialog-failed" || name == "synthesis-failed")
    on_provider_failed();
}

void Call::on_speech_start(const GstStructure*) {
  caller_speaking_ = true;
  idle_timer_.reset();
  if (turn_.state() == TurnState::kEnding)
    return;
  if (agent_busy()) {
    // A greeting that has not begun is not cut off by the "hello?" that comes before it.
    if (options_.agent.barge_in_enabled && turn_.state() != TurnState::kIdle)
      barge_in();
    return;
  }
  turn_.set_state(TurnState::kListening);
}

void Call::on_speech_end(const GstStructure* fields) {
  caller_speaking_ = false;
  voiced_end_ = time_of(fields, "running-time");
  next_timings_ = {.endpointing = ms(media_now() - voiced_end_)};
  if (!agent_busy())
    turn_.set_state(TurnState::kProcessing);
}

void Call::on_transcript(const GstStructure* fields) {
  const auto text = text_of(fields, "text");
  next_timings_.stt = static_cast<int>(number_of(fields, "latency-ms"));
  if (text.empty()) {
    if (!caller_speaking_ && !agent_busy())
      caller_may_speak();
    return;
  }
  idle_prompts_ = 0;
  const auto begins = time_of(fields, "start");
  TurnFinished turn{.session_id = session_id(),
                    .number = turns_++,
                    .role = Role::kCaller,
                    .content = text,
                    .timestamp = media_start_wall_ + duration_cast<WallTime::duration>(begins),
                    .duration = duration_cast<milliseconds>(time_of(fields, "end") - begins)};
  observer_.turn_finished(turn);
  peer_.show_turn(turn);
}

void Call::on_dialog_started(const GstStructure* fields) {
  const auto number = number_of(fields, "turn");
  if (number <= interrupted_through_)
    return;
  auto& reply = replies_[number];
  reply.asked = io_.now();
  reply.timings = next_timings_;
  // The caller went on before the reply was asked for: it is taken back, and the dialog answers
  // both utterances together.
  if (caller_speaking_ && options_.agent.barge_in_enabled)
    return barge_in();
  if (turn_.state() == TurnState::kListening)
    turn_.set_state(TurnState::kProcessing);
}

void Call::on_dialog_clause(const GstStructure* fields) {
  const auto number = number_of(fields, "turn");
  const auto found = replies_.find(number);
  if (found == replies_.end())
    return;
  auto& reply = found->second;
  const auto text = text_of(fields, "text");
  if (reply.text.empty() && reply.asked != Time{})
    reply.timings.llm_first_clause = ms(io_.now() - reply.asked);
  reply.text += (reply.text.empty() ? "" : " ") + text;
  if (reply.number < 0)
    reply.number = turns_++;
  peer_.show_clause(reply.number, text);
}

void Call::on_latency(const std::string& stage, const GstStructure* fields) {
  const auto found = replies_.find(number_of(fields, "turn"));
  if (found == replies_.end() || number_of(fields, "clause") != 0)
    return;
  auto& timings = found->second.timings;
  auto& stage_time =
      stage == "dialog-first-token" ? timings.llm_first_token : timings.tts_first_byte;
  if (!stage_time)
    stage_time = static_cast<int>(number_of(fields, "latency-ms"));
}

void Call::on_tool_call(const GstStructure* fields) {
  const auto id = text_of(fields, "id");
  const auto name = text_of(fields, "name");
  spdlog::info("call {}: the model calls {}", session_id(), name);
  if (name != kEndCallTool)
    return pipeline_->add_tool_result(id, "There is no such tool.");
  last_reply_ = number_of(fields, "turn");
  last_cause_ = "agent-hung-up";
  pipeline_->add_tool_result(
      id, "The call ends after your next words. Say goodbye in one short sentence.");
}

void Call::on_provider_failed() {
  apologise("provider-failed",
            provider_error_.empty() ? "A provider failed without a reason." : provider_error_);
}

void Call::on_pipeline_error(GstMessage* message) {
  GError* error = nullptr;
  char* debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  const OwnedError owned_error(error);
  const OwnedString owned_debug(debug);
  spdlog::error("call {}: {} ({})", session_id(), error->message, debug ? debug : "");
  finish("failed", "pipeline-error", error->message);
}

void Call::on_pipeline_warning(GstMessage* message) {
  GError* error = nullptr;
  char* debug = nullptr;
  gst_message_parse_warning(message, &error, &debug);
  const OwnedError owned_error(error);
  const OwnedString owned_debug(debug);
  // A provider's error comes as an element message first, and has been logged then.
  if (error->message != provider_error_)
    spdlog::warn("call {}: {} ({})", session_id(), error->message, debug ? debug : "");
}

// --- What goes out -----------------------------------------------------------

void Call::on_clause_begins(const ClauseStart& clause, Time) { pending_clause_ = clause; }

void Call::on_frame(std::span<const std::uint8_t> frame, Time play_begins) {
  if (ended_)
    return;
  if (pending_clause_) {
    const auto clause = std::move(*pending_clause_);
    pending_clause_.reset();
    auto& reply = replies_[clause.tag.turn];
    const bool first = !reply.begun;
    if (first) {
      reply.begun = io_.wall();
      reply.begun_at = io_.now();
      if (reply.timings.endpointing)
        reply.timings.response = ms(media_now() - voiced_end_);
      ledger_.begin_reply(clause.tag.turn);
    }
    ledger_.clause_begins(clause.tag.clause, clause.text, play_begins);
    if (turn_.state() != TurnState::kEnding)
      turn_.set_state(TurnState::kSpeaking);
    if (first)
      peer_.show_timings(reply.number, reply.timings);
  }
  peer_.send_audio(frame);
}

void Call::on_clause_ends(ClauseTag tag, Time play_ends) {
  if (ended_)
    return;
  pending_clause_.reset();  // a clause without audio
  ledger_.clause_ends(tag.clause, play_ends);
  peer_.send_mark(mark_of_clause(tag));
}

void Call::on_reply_ends(std::uint32_t turn, Time play_ends) {
  if (ended_)
    return;
  peer_.send_mark(mark_of_reply(turn));
  reply_timer_ = io_.timers()->at(play_ends + kMarkGrace, [this, turn] { reply_played(turn); });
}

void Call::on_cleared(bool far_end_plays) {
  pending_clause_.reset();
  if (far_end_plays && !ended_)
    peer_.send_clear();
}

// --- Decisions ---------------------------------------------------------------

void Call::say(const std::string& text) {
  replies_[pipeline_->say(text)];  // its text comes clause by clause, as that of any reply
}

void Call::barge_in() {
  if (turn_.state() == TurnState::kListening)
    turn_.set_state(TurnState::kProcessing);
  turn_.set_state(TurnState::kInterrupted);
  cut_replies();
  last_reply_.reset();  // whoever speaks into the goodbye has not finished
  turn_.set_state(TurnState::kListening);
}

void Call::cut_replies() {
  if (replies_.empty())
    return;
  reply_timer_.reset();
  const auto newest = replies_.rbegin()->first;
  const auto heard = ledger_.heard_text(io_.now());
  if (replies_.rbegin()->second.text.empty())
    pipeline_->interrupt(std::nullopt);
  else
    pipeline_->interrupt(ledger_.turn() == newest ? heard : std::string());
  interrupted_through_ = newest;
  while (!replies_.empty()) {
    const auto number = replies_.begin()->first;
    // An older reply has been sent whole: the ledger is already at the newer one.
    const bool whole = number != newest && number != ledger_.turn();
    finish_agent_turn(number, whole ? replies_.begin()->second.text : heard, !whole);
  }
}

void Call::reply_played(std::uint32_t turn) {
  const auto found = replies_.find(turn);
  if (found == replies_.end())
    return;
  reply_timer_.reset();
  const auto text = found->second.text;
  finish_agent_turn(turn, text, false);
  if (last_reply_ && turn >= *last_reply_)
    return finish(last_error_.empty() ? "completed" : "failed", last_cause_, last_error_);
  if (!agent_busy())
    caller_may_speak();
}

void Call::finish_agent_turn(std::uint32_t number, const std::string& heard, bool interrupted) {
  const auto node = replies_.extract(number);
  const auto& reply = node.mapped();
  if (!reply.begun)  // not a sound of it went out: nothing was said
    return;
  TurnFinished turn{.session_id = session_id(),
                    .number = reply.number < 0 ? turns_++ : reply.number,
                    .role = Role::kAgent,
                    .content = heard,
                    .generated = heard == reply.text ? "" : reply.text,
                    .interrupted = interrupted,
                    .timestamp = *reply.begun,
                    .duration = duration_cast<milliseconds>(io_.now() - reply.begun_at),
                    .timings = reply.timings};
  observer_.turn_finished(turn);
  peer_.show_turn(turn);
}

void Call::caller_may_speak() {
  if (!turn_.set_state(TurnState::kListening))
    return;
  idle_timer_ =
      caller_speaking_ ? Slot() : io_.after(options_.agent.idle_timeout, [this] { on_idle(); });
}

void Call::on_idle() {
  if (idle_prompts_ >= options_.agent.inactivity_max_retries || options_.agent.idle_message.empty())
    return end("idle");
  ++idle_prompts_;
  say(options_.agent.idle_message);
}

void Call::apologise(const std::string& cause, const std::string& error) {
  if (ended_ || last_reply_)  // the apology itself failed: nothing can be said any more
    return finish("failed", cause, error);
  const bool can_speak = !options_.agent.apology_message.empty();
  last_cause_ = cause;
  last_error_ = error;
  idle_timer_.reset();
  turn_.set_state(TurnState::kEnding);
  if (!can_speak)
    return finish("failed", cause, error);
  cut_replies();
  watchdog_ = io_.after(kEndingLimit, [this] { finish("failed", last_cause_, last_error_); });
  last_reply_ = 0;  // a failure from here on ends the call at once
  say(options_.agent.apology_message);
}

void Call::finish(const std::string& status, const std::string& cause, const std::string& error) {
  if (ended_)
    return;
  while (!replies_.empty()) {
    const auto number = replies_.begin()->first;
    finish_agent_turn(number, ledger_.turn() == number ? ledger_.heard_text(io_.now()) : "", true);
  }
  turn_.set_state(TurnState::kEnding);
  ended_ = true;
  for (auto* timer : {&idle_timer_, &duration_timer_, &watchdog_, &reply_timer_}) timer->reset();
  pipeline_.reset();
  const CallEnded end{.session_id = session_id(),
                      .status = status,
                      .end_cause = cause,
                      .error = error,
                      .end_time = io_.wall()};
  if (error.empty())
    spdlog::info("call {}: ended, {}", session_id(), cause);
  else
    spdlog::error("call {}: ended, {}: {}", session_id(), cause, error);
  observer_.call_ended(end);
  peer_.hang_up(end);
}

}  // namespace centralita
