// What happened in a call and when, as lines of text that can be compared and reviewed.
//
//      2180  state    processing -> speaking
//      ^ ms since the call began
#pragma once

#include "plugins/base/timer_queue.h"

#include <string>

namespace centralita::replay {

class Timeline {
 public:
  explicit Timeline(const Clock& clock) : clock_(clock), start_(clock.now()) {}

  // Forgets all that was before; the call begins now.
  void begin_again() {
    text_.clear();
    start_ = clock_.now();
  }
  void add(const char* source, const std::string& text);
  std::chrono::nanoseconds now() const { return clock_.now() - start_; }
  const std::string& text() const { return text_; }

 private:
  const Clock& clock_;
  Clock::TimePoint start_;
  std::string text_;
};

}  // namespace centralita::replay
