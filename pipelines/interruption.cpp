#include "pipelines/interruption.h"

namespace centralita {

using Action = Interruption::Action;

Action Interruption::sound_began(Time onset) {
  if (onset_)
    return Action::kNone;
  onset_ = onset;
  return Action::kHold;
}

Action Interruption::let_go() {
  if (!onset_)
    return Action::kNone;
  onset_.reset();
  return Action::kResume;
}

Action Interruption::sound_rejected() { return let_go(); }

Action Interruption::sound_ended(Time last_voiced) {
  if (!onset_)
    return Action::kNone;
  if (last_voiced - *onset_ >= confirmation_) {
    onset_.reset();
    return Action::kTake;
  }
  return let_go();
}

std::optional<Interruption::Time> Interruption::deadline() const {
  if (!onset_)
    return std::nullopt;
  return *onset_ + confirmation_ + kBargeInPause;
}

Action Interruption::confirmation_due() {
  if (!onset_)
    return Action::kNone;
  onset_.reset();
  return Action::kTake;
}

Action Interruption::transcript(std::string_view text) {
  last_meaning_ = rules_.meaning_of(text);
  // Another sound may hold the agent by now; it is judged by itself.
  if (last_meaning_ == Meaning::kNothing || last_meaning_ == Meaning::kBackchannel)
    return Action::kNone;
  onset_.reset();
  return Action::kTake;
}

void Interruption::reset() { onset_.reset(); }

}  // namespace centralita
