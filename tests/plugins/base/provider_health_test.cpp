#include "plugins/base/provider_health.h"

#include <gtest/gtest.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

TEST(CircuitBreaker, OpensAfterSoManyFailuresInARowAndASuccessBeginsTheCountAnew) {
  CircuitBreaker breaker({.failures = 3});
  breaker.failed(1s);
  breaker.failed(2s);
  breaker.succeeded(3s);
  breaker.failed(4s);
  breaker.failed(5s);
  EXPECT_TRUE(breaker.admit(5s));
  EXPECT_TRUE(breaker.failed(6s));
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_EQ(breaker.since(), 6s);
  EXPECT_FALSE(breaker.admit(6s));
}

TEST(CircuitBreaker, AfterItsPauseOneRequestTriesAndTheOthersWaitForWhatItSays) {
  CircuitBreaker breaker({.failures = 1, .first_pause = 5s});
  breaker.failed(0s);
  EXPECT_FALSE(breaker.admit(4999ms));
  EXPECT_TRUE(breaker.admit(5s));
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  EXPECT_FALSE(breaker.admit(5s));
  breaker.succeeded(6s);
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_TRUE(breaker.admit(6s));
  EXPECT_TRUE(breaker.admit(6s));
}

TEST(CircuitBreaker, ATrialThatFailsOpensItForTwiceAsLongUpToABound) {
  CircuitBreaker breaker({.failures = 1, .first_pause = 5s, .longest_pause = 15s});
  breaker.failed(0s);
  ASSERT_TRUE(breaker.admit(5s));
  EXPECT_FALSE(breaker.failed(5s));  // it is not news that it is open
  EXPECT_FALSE(breaker.admit(14s));
  ASSERT_TRUE(breaker.admit(15s));
  breaker.failed(15s);
  EXPECT_FALSE(breaker.admit(29s));
  EXPECT_TRUE(breaker.admit(30s));
}

TEST(CircuitBreaker, ATrialThatIsGivenUpLetsTheNextOneTry) {
  CircuitBreaker breaker({.failures = 1, .first_pause = 5s});
  breaker.failed(0s);
  ASSERT_TRUE(breaker.admit(5s));
  breaker.abandoned();
  EXPECT_TRUE(breaker.admit(5s));
}

struct ProviderHealthTest : ::testing::Test {
  ~ProviderHealthTest() override { health.reset(); }
  ProviderError error(ProviderError::Code code) {
    return {.code = code, .provider = "groq", .operation = "chat", .text = "no", .detail = ""};
  }
  std::optional<ProviderHealth::Request> begin(ProviderHealth::Time now = 0s) {
    return health.begin("groq", "chat", "https://api.groq.com/openai/v1/chat/completions", now);
  }
  ProviderHealth health;
};

TEST_F(ProviderHealthTest, TurnedOffItNeverRefuses) {
  for (int i = 0; i < 100; ++i) {
    auto request = begin();
    ASSERT_TRUE(request);
    request->failed(error(ProviderError::Code::kUnavailable), 0s);
  }
  ASSERT_EQ(health.status().size(), 1u);
  EXPECT_EQ(health.status()[0].state, State::kClosed);
  EXPECT_EQ(health.status()[0].errors["unavailable"], 100u);
}

TEST_F(ProviderHealthTest, CallsShareABreakerByServiceOperationAndHost) {
  health.enable({.failures = 2});
  for (int i = 0; i < 2; ++i) begin()->failed(error(ProviderError::Code::kFirstByteTimeout), 1s);
  EXPECT_FALSE(begin(2s));
  EXPECT_TRUE(health.begin("groq", "transcription", "https://api.groq.com/x", 2s));
  EXPECT_TRUE(health.begin("groq", "chat", "http://127.0.0.1:9009/v1", 2s));
  const auto all = health.status();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].endpoint, "api.groq.com");
  EXPECT_EQ(all[1].state, State::kOpen);
  EXPECT_EQ(all[1].last_error, "no");
}

TEST_F(ProviderHealthTest, WhatIsWrongWithOneRequestSaysNothingAboutTheService) {
  health.enable({.failures = 1});
  begin()->failed(error(ProviderError::Code::kBadRequest), 0s);
  begin()->failed(error(ProviderError::Code::kTooLarge), 0s);
  begin();  // dropped: the caller hung up
  EXPECT_TRUE(begin());
  begin()->failed(error(ProviderError::Code::kBadKey), 0s);
  EXPECT_FALSE(begin());
}

TEST_F(ProviderHealthTest, OfABreakerThatOpensAndClosesEverybodyHearsOnce) {
  std::vector<std::string> told;
  health.on_change([&told](const ProviderHealth::Status& status) {
    told.push_back(status.operation + " " + name_of(status.state) + " " +
                   std::to_string(status.failures));
  });
  health.enable({.failures = 2, .first_pause = 5s});
  auto late = begin(0s);
  for (int i = 0; i < 2; ++i) begin()->failed(error(ProviderError::Code::kUnavailable), 1s);
  late->failed(error(ProviderError::Code::kUnavailable), 1s);       // open already
  begin(6s)->failed(error(ProviderError::Code::kUnavailable), 6s);  // it tried in vain
  begin(20s)->succeeded(20s);
  begin(21s)->succeeded(21s);
  EXPECT_EQ(told, (std::vector<std::string>{"chat open 2", "chat closed 0"}));
}

TEST_F(ProviderHealthTest, WhatIsLaterThanMostIsKnownFromTwentyAnswersOn) {
  for (int i = 1; i <= 19; ++i) begin(0s)->answered(std::chrono::milliseconds(10 * i));
  EXPECT_FALSE(begin()->late_after());
  begin(0s)->answered(900ms);
  EXPECT_EQ(begin()->late_after(), 900ms);
  for (int i = 0; i < 100; ++i) begin(0s)->answered(50ms);
  EXPECT_EQ(begin()->late_after(), 50ms);
  const auto status = health.status().at(0);
  EXPECT_EQ(status.latencies.count(Latencies::kBounds.size()), 0u);
  EXPECT_EQ(status.latencies.count(0), 105u);  // at most 50 ms
}

TEST_F(ProviderHealthTest, AFallbackHasABreakerOfItsOwnAtTheSameAddress) {
  health.enable({.failures = 1});
  begin()->failed(error(ProviderError::Code::kUnavailable), 0s);
  EXPECT_FALSE(begin());
  EXPECT_TRUE(health.begin("groq", "chat", "https://api.groq.com/openai/v1/chat/completions", 0s,
                           "fallback"));
}

}  // namespace
}  // namespace centralita
