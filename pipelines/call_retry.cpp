// Call, continued: a turn of the agent's that failed is made once more, as a whole.
//
// Each request has been tried twice, or a fallback been asked, when an element says that it failed.
// What may pass may have passed half a second later: the utterance is transcribed again, or the
// caller answered again, or the agent's own sentence said again. Only when that fails too is the
// turn lost.
#include "pipelines/call.h"
#include "plugins/base/provider_error.h"

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// Before the second try, if the service does not ask for more; and what is waited for at most.
constexpr auto kPause = 500ms, kLongestPause = 1500ms;
// What a second try needs at the least, within the turn's limit.
constexpr auto kLeastTurn = 3s;

// To the model, when a part of the reply has been heard: it goes on from there.
const char* go_on(const std::string& language) {
  return language.starts_with("en")
             ? "[A technical failure cut your last reply off. Go on from where it stopped.]"
             : "[Un fallo técnico cortó tu última respuesta. Sigue desde donde se cortó.]";
}

}  // namespace

bool Call::try_turn_again(Service failed, Time limit) {
  const auto state = turn_.state();
  const bool waits = state == TurnState::kProcessing || state == TurnState::kToolExecuting;
  const auto since = waits ? waiting_since_ : io_.now();
  const auto pause = std::clamp<Time>(retry_after_.value_or(kPause), kPause, kLongestPause);
  if (turn_retried_ || !may_pass_ || hushed_ || last_reply_ || state == TurnState::kEnding ||
      io_.now() + pause + kLeastTurn > since + limit)
    return false;
  turn_retried_ = true;
  tell("turn-retried", provider_error_);
  auto again = what_again(failed);
  retry_timer_ = io_.after(pause, [this, again = std::move(again)] {
    const auto run = again;
    retry_timer_.reset();
    if (!run())
      apologise("provider-failed", provider_error_);
    look_around();
  });
  watch_silence();
  return true;
}

// Ends what there is of the failed turn, and says how it is made again.
std::function<bool()> Call::what_again(Service failed) {
  if (failed == Service::kTranscription)
    return [this] { return pipeline_->transcribe_again(); };
  const bool was_said = said_ && voice_.has(said_->first);
  const bool was_greeting = voice_.has(greeting_);
  const auto heard = voice_.busy() ? voice_.heard_of_newest() : std::nullopt;
  const bool partly = heard && !heard->empty();
  const auto waiting_since = waiting_since_;
  cut_replies();
  if (turn_.state() == TurnState::kSpeaking || turn_.state() == TurnState::kToolExecuting)
    turn_.set_state(TurnState::kProcessing);
  else
    waiting_since_ = waiting_since;
  if (was_said)
    return [this, was_greeting, text = said_->second] {
      const auto number = say(text);
      if (was_greeting)
        greeting_ = number;
      return true;
    };
  if (partly)
    return [this] {
      pipeline_->respond(go_on(options_.agent.voice_language));
      return true;
    };
  return [this] { return pipeline_->answer_again(); };
}

}  // namespace centralita
