// All timers of one GMainContext behind a single source.
//
// GLib looks at every source of a context each time round, so a hundred calls with a few timers
// each would make every iteration of a shard dear. Here the context sees one source; the timers sit
// in an ordered map behind it.
//
//   Slot timer = TimerQueue::of(context)->after(20ms, [] { ... });   // dropping it cancels
//
// Use from the thread that runs the context only; a timer's function runs there too and may add and
// cancel timers, its own included. Time is the monotonic clock, or a FakeClock's in a test.
#pragma once

#include "plugins/base/ref.h"
#include "plugins/base/slot.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>

namespace centralita {

class Clock {
 public:
  using TimePoint = std::chrono::nanoseconds;  // since an arbitrary start
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // The date and time of day that go with now(): for records, never for durations.
  virtual std::chrono::system_clock::time_point wall() const = 0;
  static const Clock& monotonic();
};

class TimerQueue : public std::enable_shared_from_this<TimerQueue> {
 public:
  // The queue of `context`, made on first use and kept while anybody holds it.
  static std::shared_ptr<TimerQueue> of(GMainContext* context);

  // A queue without a source: nothing fires until run_due(). For tests with a FakeClock. With a
  // context it is also the queue of that context, for as long as somebody holds it; the context
  // must have had none.
  static std::shared_ptr<TimerQueue> manual(const Clock& clock, GMainContext* context = nullptr);

  ~TimerQueue();
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  Clock::TimePoint now() const { return clock_.now(); }
  std::chrono::system_clock::time_point wall() const { return clock_.wall(); }
  Slot at(Clock::TimePoint deadline, std::function<void()> run);
  Slot after(std::chrono::nanoseconds delay, std::function<void()> run) {
    return at(now() + delay, std::move(run));
  }

  // Runs what is due at clock's now, in order of deadline.
  void run_due();
  // Runs the first of those that are due, if any, and says whether there was one.
  bool run_one_due();
  // When the next one is due; Clock::TimePoint::max() with none.
  Clock::TimePoint next_deadline() const;

 private:
  TimerQueue(const Clock& clock, GMainContext* context);
  void rearm();

  using Key =
      std::pair<Clock::TimePoint, std::uint64_t>;  // the number keeps equal deadlines in order
  const Clock& clock_;
  Ref<GSource> source_;
  std::map<Key, std::function<void()>> timers_;
  std::uint64_t next_number_ = 0;
};

// A clock that stands still until it is told to move. Its day begins on 5 January 2026 at nine
// (UTC).
class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override;
  // Moves forward to `time`, running nothing.
  void set(TimePoint time) { now_ = std::max(now_, time); }
  // Moves forward, stopping at every deadline of `queue` on the way.
  void advance(std::chrono::nanoseconds by, TimerQueue& queue);

 private:
  static constexpr TimePoint kStart{std::chrono::hours(1)};
  TimePoint now_{kStart};
};

}  // namespace centralita
