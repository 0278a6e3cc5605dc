// Whether a service is worth a request, from how the last ones went.
//
//   closed     requests go out; so many failures one after the other open it
//   open       none goes out, for a while
//   half-open  one goes out to try: a success closes it, a failure opens it again, for twice as
//   long
//
// Pure: times in, decisions out. One thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace centralita {

struct BreakerSettings {
  int failures = 5;  // one after the other
  std::chrono::nanoseconds first_pause{std::chrono::seconds(5)};
  std::chrono::nanoseconds longest_pause{std::chrono::seconds(60)};
};

class CircuitBreaker {
 public:
  using Time = std::chrono::nanoseconds;
  enum class State { kClosed, kOpen, kHalfOpen };

  explicit CircuitBreaker(BreakerSettings settings = {}) : settings_(settings) {}

  // Whether a request may go out now. The one that is let out to try must be told of with
  // succeeded(), failed() or abandoned().
  bool admit(Time now) {
    if (state_ == State::kClosed)
      return true;
    // A trial that nobody ever told of does not keep it shut for ever.
    const bool trial_lost = state_ == State::kHalfOpen && now >= since_ + settings_.longest_pause;
    if (state_ == State::kHalfOpen && !trial_lost && trying_)
      return false;
    if (state_ == State::kOpen && now < since_ + pause_)
      return false;
    enter(State::kHalfOpen, now);
    trying_ = true;
    return true;
  }

  void succeeded(Time now) {
    failures_ = 0;
    trying_ = false;
    pause_ = settings_.first_pause;
    enter(State::kClosed, now);
  }

  // Returns whether it has been opened by this one, from closed.
  bool failed(Time now) {
    ++failures_;
    trying_ = false;
    if (state_ == State::kHalfOpen) {
      pause_ = std::min(pause_ * 2, settings_.longest_pause);
      enter(State::kOpen, now);
      return false;
    }
    if (state_ == State::kOpen || failures_ < settings_.failures)
      return false;
    pause_ = settings_.first_pause;
    enter(State::kOpen, now);
    return true;
  }

  // The request was given up for a reason of ours: it says nothing.
  void abandoned() { trying_ = false; }

  State state() const { return state_; }
  int failures() const { return failures_; }
  Time since() const { return since_; }

 private:
  void enter(State state, Time now) {
    if (state_ != state)
      since_ = now;
    state_ = state;
  }

  BreakerSettings settings_;
  State state_ = State::kClosed;
  Time since_{0};
  Time pause_{settings_.first_pause};
  int failures_ = 0;
  bool trying_ = false;
};

inline const char* name_of(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return "closed";
    case CircuitBreaker::State::kOpen:
      return "open";
    case CircuitBreaker::State::kHalfOpen:
      return "half-open";
  }
  return "";
}

}  // namespace centralita
