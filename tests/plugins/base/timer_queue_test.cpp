#include "plugins/base/timer_queue.h"

#include <gtest/gtest.h>

#include <vector>

using centralita::FakeClock;
using centralita::Slot;
using centralita::TimerQueue;
using namespace std::chrono_literals;

namespace {
struct TimerQueueTest : ::testing::Test {
  FakeClock clock;
  std::shared_ptr<TimerQueue> queue = TimerQueue::manual(clock);
  std::vector<int> fired;
};
}  // namespace

TEST_F(TimerQueueTest, TimersFireInOrderOfDeadlineAndNotBeforeIt) {
  const Slot late = queue->after(30ms, [&] { fired.push_back(3); });
  const Slot early = queue->after(10ms, [&] { fired.push_back(1); });
  const Slot middle = queue->after(20ms, [&] { fired.push_back(2); });
  clock.advance(9ms, *queue);
  EXPECT_TRUE(fired.empty());
  clock.advance(11ms, *queue);
  EXPECT_EQ(fired, (std::vector{1, 2}));
  clock.advance(1s, *queue);
  EXPECT_EQ(fired, (std::vector{1, 2, 3}));
}

TEST_F(TimerQueueTest, ADroppedSlotNeverFires) {
  {
    const Slot timer = queue->after(10ms, [&] { fired.push_back(1); });
  }
  clock.advance(1s, *queue);
  EXPECT_TRUE(fired.empty());
}

TEST_F(TimerQueueTest, ATimerMayCancelAnotherThatIsDueAtTheSameTime) {
  Slot second;
  const Slot first = queue->after(10ms, [&] {
    fired.push_back(1);
    second.reset();
  });
  second = queue->after(10ms, [&] { fired.push_back(2); });
  clock.advance(10ms, *queue);
  EXPECT_EQ(fired, std::vector{1});
}

TEST_F(TimerQueueTest, ATimerMayReplaceItself) {
  Slot timer;
  std::function<void()> tick = [&] {
    fired.push_back(static_cast<int>(fired.size()));
    if (fired.size() < 3)
      timer = queue->after(20ms, tick);
  };
  timer = queue->after(20ms, tick);
  clock.advance(1s, *queue);
  EXPECT_EQ(fired.size(), 3u);
}

TEST(TimerQueue, OfAContextIsOneQueueAndFiresInItsLoop) {
  const auto context = centralita::Ref<GMainContext>::adopt(g_main_context_new());
  const auto queue = TimerQueue::of(context.get());
  EXPECT_EQ(queue, TimerQueue::of(context.get()));
  bool fired = false;
  const Slot timer = queue->after(1ms, [&] { fired = true; });
  while (!fired) g_main_context_iteration(context.get(), TRUE);
}
