// Call, continued: how it ends, and what is said before; what is heard when a provider is slow or
// fails.
#include "pipelines/call.h"

#include "pipelines/recording.h"
#include "plugins/base/provider_error.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// So long a caller hears nothing while the agent is to speak; then a recorded sentence says that it
// goes on.
constexpr auto kLongestSilence = 2500ms;
// Until the apology must be heard; then a recorded one is.
constexpr auto kApologyPatience = 1200ms, kLeastApologyPatience = 300ms;
// The recorded apology's, above all the dialog's numbers.
constexpr std::uint32_t kRecordedReply = 1'000'000'000;
// The apology and the goodbye are short.
constexpr auto kEndingLimit = 15s;
// A message for a machine, from its first word to its last.
constexpr auto kMessageLimit = 90s;
// For what is on its way to the far end's ear.
constexpr auto kFarewellTail = 500ms;
// Why a call that was handed over has ended.
constexpr char kTransferred[] = "transferred";
// What a machine heard counts as, in the history.
constexpr char kVoicemail[] = "voicemail";

}  // namespace

// --- Last words --------------------------------------------------------------

void Call::look_for_goodbye(std::uint32_t reply, const std::string& words) {
  if (last_reply_ || !words_.is_goodbye(words))
    return;
  tell("goodbye", words);
  last_reply_ = reply;
  last_cause_ = "agent-hung-up";
}

void Call::say_and_end(const std::string& text, const std::string& cause) {
  if (text.empty())
    return end(cause);
  last_cause_ = cause;
  last_error_.clear();
  last_reply_ = say(text);
  watchdog_ = io_.after(kEndingLimit, [this] { end(last_cause_); });
}

void Call::leave_message(const std::string& text, const std::string& cause) {
  if (ended_ || !pipeline_ || turn_.state() == TurnState::kEnding)
    return;
  hushed_ = true;
  patience_timer_.reset();
  retry_timer_.reset();
  last_cause_ = cause;
  last_error_.clear();
  turn_.set_state(TurnState::kEnding);
  cut_replies();
  watchdog_ = io_.after(kMessageLimit, [this] { end(last_cause_); });
  last_reply_ = 0;  // a failure from here on ends the call at once
  say(text);
}

void Call::patience_over() {
  if (hushed_)
    return;
  const auto& agent = options_.agent;
  switch (patience_.due(io_.now())) {
    case Patience::Action::kNone:
      break;
    case Patience::Action::kNudge:
      say(agent.idle_message);
      break;
    case Patience::Action::kWarn:
      say(agent.duration_warning);
      break;
    case Patience::Action::kIdleGoodbye:
      return say_and_end(agent.goodbye_message, "idle");
    case Patience::Action::kLengthGoodbye:
      turn_.set_state(TurnState::kEnding);  // the time is over whatever the caller says
      return say_and_end(agent.goodbye_message, "max-duration");
  }
  look_around();
}

// --- When something fails ----------------------------------------------------

void Call::on_provider_error(const ProviderError& error) {
  provider_error_ = error.text;
  fault_ = {.provider = error.provider,
            .operation = error.operation,
            .code = ProviderError::name(error.code)};
  may_pass_ = error.retriable();
  retry_after_ = error.retry_after;
  spdlog::error("call {}: {} [{}] {}", session_id(), error.text, ProviderError::name(error.code),
                error.detail);
  peer_.show_error(ProviderError::name(error.code), error.text);
}

void Call::on_provider_failed(Service service, std::uint32_t reply) {
  if (speculation_) {  // the caller may never need it
    speculation_->failed = true;
    return;
  }
  // What is left of a turn that is made again already.
  if (retry_timer_ || (service == Service::kVoice && !voice_.has(reply)))
    return;
  if (try_turn_again(service, kTurnLimit))
    return;
  apologise("provider-failed",
            provider_error_.empty() ? "A provider failed without a reason." : provider_error_);
}

void Call::on_pipeline_error(const std::string& text, const std::string& debug) {
  spdlog::error("call {}: {} ({})", session_id(), text, debug);
  finish("failed", kPipelineError, text);
}

void Call::on_pipeline_warning(const std::string& text, const std::string& debug) {
  // A provider's error comes as an element message first, and has been logged then.
  if (text != provider_error_)
    spdlog::warn("call {}: {} ({})", session_id(), text, debug);
}

void Call::apologise(const std::string& cause, const std::string& error) {
  if (ended_)
    return;
  if (last_reply_ && turn_.state() == TurnState::kEnding) {
    // The apology itself failed, or another last word.
    const auto* said = voice_.find(apology_);
    const bool heard = said && said->begun;
    if (apology_ != 0 && !heard && !recording_played_)
      return play_apology();
    return finish("failed", cause, error);
  }
  last_cause_ = cause;
  last_error_ = error;
  retry_timer_.reset();
  turn_.set_state(TurnState::kEnding);
  cut_replies();
  watchdog_ = io_.after(kEndingLimit, [this] { finish("failed", last_cause_, last_error_); });
  last_reply_ = 0;
  if (options_.agent.apology_message.empty())
    return play_apology();
  apology_ = say(options_.agent.apology_message);
  // Sooner when the caller has been waiting in silence already.
  const auto now = io_.now();
  const auto patience =
      std::clamp<Time>(std::max(waiting_since_, agent_heard_until_) + kLongestSilence - now,
                       kLeastApologyPatience, kApologyPatience);
  // Behind a recorded sentence that is being played it cannot be heard yet.
  apology_timer_ = io_.timers()->at(std::max(now, wait_said_until_) + patience, [this] {
    const auto* said = voice_.find(apology_);
    if (!said || !said->begun)
      play_apology();
  });
}

void Call::play_apology() {
  recording_played_ = true;
  apology_timer_.reset();
  const auto spoken = recording(Sentence::kApology, options_.agent.voice_language,
                                options_.out_format.value_or(options_.format));
  cut_replies();
  pipeline_->hold(false);
  if (spoken.audio.empty())
    return finish("failed", last_cause_, last_error_);
  tell("recorded-apology", spoken.text);
  const ClauseStart clause{.tag = {.turn = kRecordedReply}, .text = spoken.text};
  voice_.begin(kRecordedReply);
  voice_.clause_came(kRecordedReply, spoken.text);
  pipeline_->play(spoken.audio, &clause);
}

// While the agent is to speak and cannot: a provider is slow, or is being tried again.
void Call::watch_silence() {
  const auto state = turn_.state();
  const bool due = state == TurnState::kProcessing || state == TurnState::kSpeaking ||
                   // Before the greeting.
                   (state == TurnState::kIdle && (voice_.busy() || retry_timer_));
  if (!due || ended_ || hushed_ || !pipeline_) {
    silence_timer_.reset();
    return;
  }
  const auto now = io_.now();
  auto at = std::max(waiting_since_, agent_heard_until_) + kLongestSilence;
  if (at <= now) {
    at = now + kLongestSilence / 5;
    const bool all_said = state == TurnState::kSpeaking && (voice_.sent_all() || !voice_.busy());
    if (!caller_speaking_ && !all_said) {
      const auto spoken = recording(Sentence::kWait, options_.agent.voice_language,
                                    options_.out_format.value_or(options_.format));
      tell("wait", spoken.text);
      pipeline_->play(spoken.audio);
      const auto& format = options_.out_format.value_or(options_.format);
      wait_said_until_ = now + Time(spoken.audio.size() / format.bytes_per_sample() *
                                    1'000'000'000 / static_cast<unsigned>(format.rate));
    }
  }
  silence_timer_ = io_.timers()->at(at, [this] { watch_silence(); });
}

// --- The end -----------------------------------------------------------------

void Call::caller_hung_up() {
  // Who hangs up on the apology has had no other choice.
  if (turn_.state() == TurnState::kEnding && !last_error_.empty())
    return finish("failed", last_cause_, last_error_);
  finish("completed", "caller-hung-up", "");
}

void Call::end(const std::string& cause, const std::string& error) {
  finish(error.empty() ? "completed" : "failed", cause, error);
}

CallUsage Call::usage() const {
  auto usage = meter_.usage();
  usage.stt_model = options_.agent.stt_model;
  usage.llm_model = options_.agent.llm_model;
  if (options_.info.client_type != "browser") {
    usage.carrier = options_.info.client_type;
    usage.direction = options_.info.direction;
    usage.line = duration_cast<milliseconds>(io_.now() - began_);
  }
  return usage;
}

void Call::finish(const std::string& status, const std::string& cause, const std::string& error) {
  if (ended_)
    return;
  voice_.stop();
  turn_.set_state(TurnState::kEnding);
  ended_ = true;
  tools_.call_over(cause == kTransferred);
  if (options_.tap)
    options_.tap->ended(io_.now());
  for (auto* timer :
       {&patience_timer_, &length_timer_, &watchdog_, &interruption_timer_, &keys_timer_,
        &apology_timer_, &silence_timer_, &filler_timer_, &comfort_timer_, &retry_timer_})
    timer->reset();
  echo_.stop();
  heard_wait_.give_up();
  pipeline_.reset();
  const CallEnded end{.session_id = session_id(),
                      .status = cause == kVoicemail ? kVoicemail : status,
                      .end_cause = cause,
                      .error = error,
                      .end_time = io_.wall(),
                      .usage = usage(),
                      .fault = cause == "provider-failed" ? fault_ : ProviderFault{}};
  if (error.empty())
    spdlog::info("call {}: ended, {}", session_id(), cause);
  else
    spdlog::error("call {}: ended, {}: {}", session_id(), cause, error);
  observer_.call_ended(end);
  if (cause != kPipelineError)
    return peer_.hang_up(end);
  farewell_timer_ = io_.after(apologise_without_pipeline(), [this, end] { peer_.hang_up(end); });
}

// All of it at once: the far end keeps what it plays later. Until when it has been heard.
Call::Time Call::apologise_without_pipeline() {
  const auto& format = options_.out_format.value_or(options_.format);
  const auto spoken = recording(Sentence::kApology, options_.agent.voice_language, format);
  const std::span<const std::uint8_t> audio(spoken.audio);
  const auto frame = static_cast<std::size_t>(format.rate) / 50 * format.bytes_per_sample();
  peer_.send_clear();
  for (std::size_t at = 0; at + frame <= audio.size(); at += frame)
    peer_.send_audio(audio.subspan(at, frame));
  return Time(20ms) * (audio.size() / frame) + kFarewellTail;
}

}  // namespace centralita
