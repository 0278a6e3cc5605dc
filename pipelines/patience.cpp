#include "pipelines/patience.h"

#include <algorithm>

namespace centralita {

Patience::Patience(const Settings& settings, Time call_begins)
    : settings_(settings),
      begins_(call_begins),
      // A call that is shorter than its warning is not warned of its end at its beginning.
      warned_(settings.warning <= Time::zero() || settings.warning >= settings.longest) {}

void Patience::caller_spoke() {
  nudged_ = 0;
  waited_ = {};
  idle_over_ = false;
}

void Patience::quiet(bool quiet, Time now) {
  if (quiet == quiet_since_.has_value())
    return;
  waited_ = waited(now);
  quiet_since_ = quiet ? std::optional(now) : std::nullopt;
}

Patience::Time Patience::waited(Time now) const {
  return waited_ + (quiet_since_ ? now - *quiet_since_ : Time::zero());
}

Patience::Time Patience::next_of_length() const {
  if (length_over_)
    return Time::max();
  return begins_ + settings_.longest - (warned_ ? Time::zero() : settings_.warning);
}

Patience::Action Patience::due(Time now) {
  if (!quiet_since_ || length_over_)
    return Action::kNone;
  if (now >= begins_ + settings_.longest) {
    length_over_ = true;
    return Action::kLengthGoodbye;
  }
  if (now >= next_of_length()) {
    warned_ = true;
    return Action::kWarn;
  }
  if (settings_.idle <= Time::zero() || idle_over_ || waited(now) < settings_.idle)
    return Action::kNone;
  waited_ = {};
  quiet_since_ = now;
  if (nudged_ >= settings_.nudges) {
    idle_over_ = true;
    return Action::kIdleGoodbye;
  }
  ++nudged_;
  return Action::kNudge;
}

std::optional<Patience::Time> Patience::deadline() const {
  if (!quiet_since_ || length_over_)
    return std::nullopt;
  const auto of_length = next_of_length();
  if (settings_.idle <= Time::zero() || idle_over_)
    return of_length;
  return std::min(of_length, *quiet_since_ + settings_.idle - waited_);
}

}  // namespace centralita
