#include "plugins/base/retry.h"

#include "plugins/base/timer_queue.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Code = ProviderError::Code;

namespace {

ProviderError error(Code code, std::optional<milliseconds> retry_after = std::nullopt) {
  return {.code = code, .retry_after = retry_after};
}

constexpr RetryPolicy kExact{.jitter = 0};

// Asks again and again for a service that always fails, and says when each request was made.
struct Asker {
  void ask() {
    asked.push_back(std::chrono::duration_cast<milliseconds>(clock.now() - begin));
    if (const auto pause = retry.next(failure))
      timer = queue->after(*pause, [this] { ask(); });
  }
  FakeClock clock;
  std::shared_ptr<TimerQueue> queue = TimerQueue::manual(clock);
  Clock::TimePoint begin = clock.now();
  Retry retry;
  ProviderError failure;
  Slot timer;
  std::vector<milliseconds> asked;
};

}  // namespace

TEST(Retry, WhatAnotherTryCannotMendIsFinal) {
  for (const auto code : {Code::kBadKey, Code::kBadRequest, Code::kTooLarge, Code::kModelRetired})
    EXPECT_FALSE(Retry().next(error(code)));
}

TEST(Retry, WhatMayPassIsTriedOnceMoreAndThenStands) {
  Retry retry;
  EXPECT_TRUE(retry.next(error(Code::kUnavailable)));
  EXPECT_FALSE(retry.next(error(Code::kUnavailable)));
  EXPECT_EQ(retry.failures(), 2);
}

TEST(Retry, TheServicesOwnWaitIsKeptToTheMillisecond) {
  EXPECT_EQ(Retry().next(error(Code::kRateLimited, 70ms)), 70ms);
  EXPECT_EQ(Retry().next(error(Code::kRateLimited, 0ms)), 0ms);
  EXPECT_EQ(Retry().next(error(Code::kRateLimited, 500ms)), 500ms);
}

TEST(Retry, AServiceThatAsksForLongIsNotWaitedFor) {
  EXPECT_FALSE(Retry().next(error(Code::kRateLimited, 501ms)));
}

TEST(Retry, PausesDoubleUpToTheLongest) {
  Asker asker{.retry = Retry({.tries = 6, .jitter = 0}), .failure = error(Code::kRefused)};
  asker.ask();
  asker.clock.advance(10s, *asker.queue);
  EXPECT_EQ(asker.asked, (std::vector<milliseconds>{0ms, 100ms, 300ms, 700ms, 1200ms, 1700ms}));
}

TEST(Retry, ALimitedServiceIsAskedWhenItSaid) {
  Asker asker{.retry = Retry({.tries = 3, .jitter = 0}),
              .failure = error(Code::kRateLimited, 250ms)};
  asker.ask();
  asker.clock.advance(249ms, *asker.queue);
  EXPECT_EQ(asker.asked.size(), 1u);
  asker.clock.advance(10s, *asker.queue);
  EXPECT_EQ(asker.asked, (std::vector<milliseconds>{0ms, 250ms, 500ms}));
}

TEST(Retry, PausesOfOurOwnAreShortenedAtRandomAndByAQuarterAtMost) {
  bool differ = false;
  for (int i = 0; i < 200; ++i) {
    const auto pause = Retry().next(error(Code::kStalled));
    ASSERT_TRUE(pause);
    EXPECT_GE(*pause, 75ms);
    EXPECT_LE(*pause, 100ms);
    differ = differ || *pause != 100ms;
  }
  EXPECT_TRUE(differ);
  EXPECT_EQ(Retry(kExact).next(error(Code::kStalled)), 100ms);
}

TEST(Retry, WhatTheCallerKnowsToPassIsTriedAgain) {
  Retry retry(kExact);
  EXPECT_EQ(retry.next(true), 100ms);
  EXPECT_FALSE(Retry().next(false));
}
