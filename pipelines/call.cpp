#include "pipelines/call.h"

#include "pipelines/call_settings.h"
#include "plugins/base/provider_error.h"

#include <spdlog/spdlog.h>

#include <cmath>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A hole in the caller's audio longer than this moves the media clock; shorter ones are jitter.
constexpr auto kHole = 500ms;

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
      began_(io_.now()),
      turn_([this](TurnState from, TurnState to) { on_state(from, to); }),
      endpointing_(endpointing_of(options_.agent)),
      merge_(options_.agent.merge_window),
      interruption_(interruption_of(options_.agent)),
      echo_(io_, options_.format,
            // An echo is looked for where both ways speak alike.
            options_.agent.echo_gate &&
                options_.out_format.value_or(options_.format) == options_.format,
            {.on_echo =
                 [this](const EchoGate::Finding& found) {
                   tell("echo", std::to_string(found.delay.count()) + " ms, " +
                                    std::to_string(std::lround(found.gain_db)) + " dB");
                 },
             .on_speech = [this](Time onset) { speech_over_echo(onset); }}),
      patience_(patience_of(options_.agent), began_),
      keys_(keys_of(options_.agent)),
      tools_(
          io_, options_.agent, options_.info.session_id,
          {.on_result = [this](const auto& id, const auto& text) { tool_answered(id, text); },
           .on_event =
               [this](const char* name, const auto& text) {
                 if (!ended_)
                   tell(name, text);
               },
           .on_finished = [this](const Toolbox::Run& run) { tool_finished(run); },
           .say_first = [this](const auto& text, auto then) { say_first(text, std::move(then)); }},
          options_.line),
      filler_(filler_of(options_.agent)),
      words_(word_rules_of(options_.agent)),
      heard_wait_(io_),
      context_(options_.agent),
      voice_(io_,
             {.format = options_.out_format.value_or(options_.format),
              .slowest_character = slowest_character_of(options_.agent)},
             peer_,
             {.take_number = [this] { return turns_++; },
              .on_speaking =
                  [this] {
                    agent_heard();
                    if (turn_.state() != TurnState::kEnding)
                      turn_.set_state(TurnState::kSpeaking);
                  },
              .on_sent =
                  [this](auto frame, Time begins) {
                    agent_heard_until_ = begins;
                    echo_.sent(frame, begins);
                    if (options_.tap)
                      options_.tap->agent_audio(frame, begins);
                  },
              .on_cleared =
                  [this] {
                    if (options_.tap)
                      options_.tap->cleared(io_.now());
                  },
              .on_played = [this](std::uint32_t number) { on_played(number); },
              .on_turn = [this](TurnFinished turn) { turn_finished(std::move(turn)); }}) {}

Call::~Call() = default;

void Call::start() {
  observer_.call_started(options_.info);
  auto pipeline = CallPipeline::create(
      io_,
      {.launch = options_.launch,
       .format = options_.format,
       .out_format = options_.out_format,
       .agent = options_.agent,
       .phrase_folder = options_.phrase_folder,
       .tools = tools_.description(),
       .listener = &voice_,
       .on_message = [this](GstMessage* message) { on_message(message); },
       .on_words = [this](const std::string& text, Time began) { return on_words(text, began); }});
  if (!pipeline)
    return finish("failed", kPipelineError, pipeline.error());
  pipeline_ = std::move(*pipeline);
  if (const auto started = pipeline_->start(); !started)
    return finish("failed", kPipelineError, started.error());

  length_timer_ = io_.timers()->at(patience_.hard_end(), [this] { end("max-duration"); });
  if (options_.agent.speak_first && !options_.agent.first_message.empty()) {
    greeting_ = say(options_.agent.first_message);
    waiting_since_ = io_.now();
    watch_silence();
  } else
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
  if (options_.tap)
    options_.tap->caller_audio(audio, media_start_ + Time(pts), io_.now());
  if (hushed_)
    return;
  echo_.heard(audio);
  pipeline_->push_audio(audio, pts);
}

void Call::mark_played(const std::string& name) {
  if (!ended_)
    voice_.mark_played(name);
}

void Call::key_pressed(char key) {
  if (ended_ || turn_.state() == TurnState::kEnding)
    return;
  tell("key", "");  // which one may be a secret
  if (voice_.busy() && may_interrupt())
    act(Interruption::Action::kTake, "a key");
  const auto entry = keys_.press(key);
  keys_timer_ = keys_.waiting() ? io_.after(keys_.pause(),
                                            [this] {
                                              if (const auto late = keys_.finish())
                                                keys_complete(*late);
                                            })
                                : Slot();
  if (entry)
    keys_complete(*entry);
  look_around();
}

void Call::keys_complete(const std::string& keys) { answer_written("[DTMF " + keys + "]"); }

void Call::typed(const std::string& text) {
  if (ended_ || !pipeline_ || hushed_ || turn_.state() == TurnState::kEnding)
    return;
  if (voice_.busy() && may_interrupt())
    act(Interruption::Action::kTake, "written words");
  answer_written(text);
  look_around();
}

void Call::answer_written(const std::string& text) {
  withdraw_speculation();
  merge_.reset();
  caller_said(turns_++, text, io_.wall(), {});
  next_timings_ = {};
  pipeline_->respond(text);
}

void Call::hush() {
  if (ended_ || hushed_ || !pipeline_ || turn_.state() == TurnState::kEnding)
    return;
  hushed_ = true;
  patience_timer_.reset();
  retry_timer_.reset();
  if (voice_.busy() && turn_.state() != TurnState::kIdle)
    return barge_in();
  cut_replies();
  turn_.set_state(TurnState::kListening);
}

// --- Decisions ---------------------------------------------------------------

void Call::on_state(TurnState from, TurnState to) {
  tell("state", std::string(name_of(from)) + " -> " + name_of(to));
  peer_.show_state(to);
  const bool waiting = to == TurnState::kProcessing || to == TurnState::kToolExecuting;
  watchdog_ = waiting
                  ? io_.after(kTurnLimit,
                              [this] { apologise("no-reply", "No reply came within 12 seconds."); })
                  : Slot();
  if (waiting)
    waiting_since_ = io_.now() - (from == TurnState::kListening
                                      ? std::min<Time>(milliseconds(endpointing_ms_), 1500ms)
                                      : Time(0));
  else if (to == TurnState::kSpeaking)
    waiting_since_ = io_.now();
  watch_silence();
}

std::uint32_t Call::say(const std::string& text) {
  withdraw_speculation();
  const auto number = pipeline_->say(text);
  said_ = {number, text};
  voice_.begin(number);  // its text comes clause by clause, as that of any reply
  look_around();
  return number;
}

bool Call::may_interrupt() const {
  // A greeting that has not begun is not cut off by the "hello?" that comes before it.
  if (!options_.agent.barge_in_enabled || turn_.state() == TurnState::kIdle ||
      turn_.state() == TurnState::kEnding)
    return false;
  return !(options_.agent.protect_greeting && voice_.has(greeting_));
}

void Call::act(Interruption::Action action, const char* reason) {
  switch (action) {
    case Interruption::Action::kNone:
      return;
    case Interruption::Action::kHold:
      tell("barge-in-suspected", reason);
      pipeline_->hold(true);
      interruption_timer_ = io_.timers()->at(*interruption_.deadline(), [this] {
        if (echo_.sound_begins(media_start_ + caller_onset_))
          act(interruption_.sound_rejected(), "an echo");
        else
          act(interruption_.confirmation_due(), "the sound lasts");
        look_around();
      });
      return;
    case Interruption::Action::kResume:
      tell("barge-in-rejected", reason);
      interruption_timer_.reset();
      pipeline_->hold(false);
      return;
    case Interruption::Action::kTake:
      tell("barge-in", reason);
      return barge_in();
  }
}

void Call::barge_in() {
  if (turn_.state() == TurnState::kListening)
    turn_.set_state(TurnState::kProcessing);
  turn_.set_state(TurnState::kInterrupted);
  cut_replies();
  if (caller_speaking_) {
    caller_goes_on(caller_onset_);
    endpointing_.cut_in(caller_onset_);
  }
  retry_timer_.reset();
  last_reply_.reset();  // whoever speaks into the goodbye has not finished
  turn_.set_state(TurnState::kListening);
}

void Call::cut_replies() {
  if (!voice_.busy())
    return;
  pipeline_->interrupt(voice_.heard_of_newest());
  let_go();
  voice_.drop_all();
  filler_.wait_ends();
  heard_wait_.give_up();
}

void Call::on_played(std::uint32_t number) {
  if (last_reply_ && number >= *last_reply_)
    return finish(last_error_.empty() ? "completed" : "failed", last_cause_, last_error_);
  turn_retried_ = false;
  if (!voice_.busy())
    caller_may_speak();
}

void Call::caller_said(int number, const std::string& text, WallTime began, milliseconds length) {
  turn_retried_ = false;
  patience_.caller_spoke();
  TurnFinished turn{.number = number,
                    .role = Role::kCaller,
                    .content = text,
                    .timestamp = began,
                    .duration = length};
  turn_finished(std::move(turn));
}

void Call::turn_finished(TurnFinished turn) {
  turn.session_id = session_id();
  if (turn.role == Role::kAgent)
    endpointing_.agent_said(turn.content, !turn.interrupted);
  observer_.turn_finished(turn);
  peer_.show_turn(turn);
}

void Call::let_go() {
  interruption_timer_.reset();
  interruption_.reset();
  pipeline_->hold(false);
}

void Call::caller_may_speak() {
  let_go();  // a sound that held the agent's last words is now the beginning of the caller's
  if (caller_speaking_)
    endpointing_.speech_began(caller_onset_);
  turn_.set_state(TurnState::kListening);
  look_around();
}

void Call::look_around() {
  if (ended_ || !pipeline_)
    return;
  pipeline_->listen(voice_.busy() && may_interrupt() ? CallPipeline::Ear::kForBargeIn
                                                     : CallPipeline::Ear::kForTurns,
                    duration_cast<milliseconds>(endpointing_.silence()));
  pipeline_->transcribe_ahead(may_speculate());
  if (voice_.busy())
    patience_.agent_spoke();
  patience_.quiet(turn_.state() == TurnState::kListening && !caller_speaking_ && !voice_.busy() &&
                      !keys_.waiting() && !comfort_timer_,
                  io_.now());
  const auto deadline = patience_.deadline();
  patience_timer_ = deadline ? io_.timers()->at(*deadline, [this] { patience_over(); }) : Slot();
  const auto filler = filler_.deadline();
  filler_timer_ = filler ? io_.timers()->at(*filler, [this] { filler_due(); }) : Slot();
}

void Call::tell(const char* name, const std::string& detail) {
  spdlog::info("call {}: {} {}", session_id(), name, detail);
  const CallEvent event{.session_id = session_id(),
                        .name = name,
                        .detail = detail,
                        .time = io_.wall(),
                        .since_start = duration_cast<milliseconds>(io_.now() - began_)};
  observer_.call_event(event);
  peer_.show_event(event);
}

}  // namespace centralita
