#include "plugins/base/timer_queue.h"

#include <algorithm>
#include <mutex>

namespace centralita {
namespace {

class MonotonicClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::microseconds(g_get_monotonic_time()); }
  std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::now();
  }
};

// A source with nothing but a ready time: GLib wakes it when that has come.
gboolean dispatch_ready_time(GSource*, GSourceFunc callback, gpointer data) noexcept {
  return callback ? callback(data) : G_SOURCE_CONTINUE;
}
GSourceFuncs ready_time_funcs = {nullptr, nullptr, dispatch_ready_time, nullptr, nullptr, nullptr};

struct Registry {
  std::mutex mutex;
  std::map<GMainContext*, std::weak_ptr<TimerQueue>> queues;
};
Registry& registry() {
  static auto* const instance = new Registry;  // outlives every thread
  return *instance;
}

}  // namespace

const Clock& Clock::monotonic() {
  static const auto* const clock = new MonotonicClock;  // outlives every thread
  return *clock;
}

std::shared_ptr<TimerQueue> TimerQueue::of(GMainContext* context) {
  auto& [mutex, queues] = registry();
  const std::lock_guard lock(mutex);
  auto& known = queues[context];
  auto queue = known.lock();
  if (!queue) {
    queue.reset(new TimerQueue(Clock::monotonic(), context));
    known = queue;
  }
  std::erase_if(queues, [](const auto& entry) { return entry.second.expired(); });
  return queue;
}

std::shared_ptr<TimerQueue> TimerQueue::manual(const Clock& clock, GMainContext* context) {
  const std::shared_ptr<TimerQueue> queue(new TimerQueue(clock, nullptr));
  if (context) {
    auto& [mutex, queues] = registry();
    const std::lock_guard lock(mutex);
    g_assert(queues[context].expired());
    queues[context] = queue;
  }
  return queue;
}

TimerQueue::TimerQueue(const Clock& clock, GMainContext* context) : clock_(clock) {
  if (!context)
    return;
  source_ = Ref<GSource>::adopt(g_source_new(&ready_time_funcs, sizeof(GSource)));
  g_source_set_static_name(source_.get(), "centralita-timers");
  g_source_set_priority(source_.get(), G_PRIORITY_HIGH);
  g_source_set_callback(
      source_.get(),
      [](gpointer self) noexcept -> gboolean {
        // A timer may drop the last owner of the queue.
        const auto alive = static_cast<TimerQueue*>(self)->weak_from_this().lock();
        if (alive)
          alive->run_due();
        return G_SOURCE_CONTINUE;
      },
      this, nullptr);
  g_source_attach(source_.get(), context);
}

TimerQueue::~TimerQueue() {
  if (source_)
    g_source_destroy(source_.get());
}

Slot TimerQueue::at(Clock::TimePoint deadline, std::function<void()> run) {
  const Key key{deadline, next_number_++};
  timers_.emplace(key, std::move(run));
  if (timers_.begin()->first == key)
    rearm();
  return Slot([weak = weak_from_this(), key] {
    if (const auto self = weak.lock())
      self->timers_.erase(key);  // a wake-up for nothing costs less than setting the time again
  });
}

void TimerQueue::run_due() {
  const auto now = clock_.now();
  // What the timers add for now or the past waits for the next round: no timer can starve the loop.
  const Key limit{now, next_number_};
  while (!timers_.empty() && timers_.begin()->first < limit) {
    auto node = timers_.extract(timers_.begin());
    node.mapped()();
  }
  rearm();
}

bool TimerQueue::run_one_due() {
  if (next_deadline() > clock_.now())
    return false;
  auto node = timers_.extract(timers_.begin());
  node.mapped()();
  rearm();
  return true;
}

Clock::TimePoint TimerQueue::next_deadline() const {
  return timers_.empty() ? Clock::TimePoint::max() : timers_.begin()->first.first;
}

void TimerQueue::rearm() {
  if (!source_)
    return;
  const auto next = next_deadline();
  const auto ready = next == Clock::TimePoint::max()
                         ? -1
                         : std::chrono::ceil<std::chrono::microseconds>(next).count();
  g_source_set_ready_time(source_.get(), ready);
}

std::chrono::system_clock::time_point FakeClock::wall() const {
  using namespace std::chrono;
  constexpr sys_days kDay = 2026y / January / 5;
  return kDay + hours(9) + duration_cast<system_clock::duration>(now_ - kStart);
}

void FakeClock::advance(std::chrono::nanoseconds by, TimerQueue& queue) {
  const auto target = now_ + by;
  while (queue.next_deadline() <= target) {
    now_ = std::max(now_, queue.next_deadline());
    queue.run_due();
  }
  now_ = target;
}

}  // namespace centralita
