// Which ends of calls are an outage of ours, and how many of them are too many.
//
// A critical error is a call that could not be served although nothing was wrong with it: a
// provider that failed after all that was tried, a reply that never came, a pipeline that does not
// work. Not one: the caller who hangs up, a line that goes dead, and what is wrong with one call or
// one agent alone (a request that the provider does not accept, a model or voice that there is
// not). A key that is refused is an outage: no call can be served with it.
//
// Pure. One thread.
#pragma once

#include "pipelines/call_records.h"

#include <chrono>
#include <deque>

namespace centralita::policy {

bool is_critical(const CallEnded& end);

// How many happened within the last `window`.
class ErrorWindow {
 public:
  using Time = std::chrono::nanoseconds;

  ErrorWindow(int limit, Time window) : limit_(limit), window_(window) {}

  // Returns whether the limit has been reached.
  bool add(Time now);
  int count(Time now);
  void clear() { errors_.clear(); }
  int limit() const { return limit_; }
  Time window() const { return window_; }

 private:
  const int limit_;
  const Time window_;
  std::deque<Time> errors_;
};

}  // namespace centralita::policy
