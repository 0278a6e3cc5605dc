#include "pipelines/patience.h"

#include <gtest/gtest.h>

using centralita::Patience;
using namespace std::chrono_literals;
using Action = Patience::Action;

namespace {
struct PatienceTest : ::testing::Test {
  Patience patience{{.idle = 10s, .nudges = 2, .longest = 300s, .warning = 30s, .overtime = 20s},
                    100s};
  // Asks at the deadline.
  Action at_deadline() {
    now = *patience.deadline();
    return patience.due(now);
  }
  Patience::Time now = 100s;
};
}  // namespace

TEST_F(PatienceTest, ASilentCallerIsNudgedAsOftenAsSaidAndThenItIsGoodbye) {
  patience.quiet(true, 100s);
  EXPECT_EQ(patience.deadline(), 110s);
  EXPECT_EQ(patience.due(109s), Action::kNone);
  EXPECT_EQ(at_deadline(), Action::kNudge);
  EXPECT_EQ(at_deadline(), Action::kNudge);
  EXPECT_EQ(at_deadline(), Action::kIdleGoodbye);
  EXPECT_EQ(patience.due(now), Action::kNone);
}

TEST_F(PatienceTest, ANoiseStopsTheClockAndDoesNotSetItBack) {
  patience.quiet(true, 100s);
  patience.quiet(false, 108s);
  EXPECT_FALSE(patience.deadline());
  patience.quiet(true, 120s);
  EXPECT_EQ(patience.deadline(), 122s);
}

TEST_F(PatienceTest, WordsSetItBackAlsoThoseSpokenIntoTheGoodbye) {
  patience.quiet(true, 100s);
  at_deadline();
  at_deadline();
  EXPECT_EQ(at_deadline(), Action::kIdleGoodbye);
  patience.caller_spoke();
  patience.quiet(false, now);
  patience.quiet(true, now + 5s);
  EXPECT_EQ(patience.deadline(), now + 15s);
  EXPECT_EQ(at_deadline(), Action::kNudge);
}

TEST_F(PatienceTest, ACallNearItsEndIsWarnedOnceAndEndsWhenNobodySpeaks) {
  patience.quiet(true, 365s);
  EXPECT_EQ(patience.deadline(), 370s);
  EXPECT_EQ(at_deadline(), Action::kWarn);
  patience.quiet(false, 371s);
  EXPECT_EQ(patience.due(401s), Action::kNone);  // somebody speaks
  patience.quiet(true, 405s);
  EXPECT_EQ(patience.due(405s), Action::kLengthGoodbye);
  EXPECT_EQ(patience.hard_end(), 420s);
}

TEST(Patience, WithoutAnIdleTimeNobodyIsNudgedAndAShortCallIsNotWarned) {
  Patience patience({.idle = 0s, .longest = 20s, .warning = 30s}, 0s);
  patience.quiet(true, 0s);
  EXPECT_EQ(patience.deadline(), 20s);
  EXPECT_EQ(patience.due(19s), Action::kNone);
  EXPECT_EQ(patience.due(20s), Action::kLengthGoodbye);
}
