#include "pipelines/playout.h"

#include <gtest/gtest.h>

#include <numeric>

using centralita::Playout;
using namespace std::chrono_literals;

namespace {

struct PlayoutTest : ::testing::Test {
  Playout playout{{}};
  std::vector<std::uint8_t> sent;
  std::vector<Playout::Time> begins;

  void push(int frames, std::uint8_t value = 1) {
    playout.push(std::vector<std::uint8_t>(static_cast<std::size_t>(frames) * 160, value));
  }
  void advance(Playout::Time now) {
    playout.advance(now, [&](auto frame, Playout::Time begin) {
      ASSERT_EQ(frame.size(), 160u);
      sent.insert(sent.end(), frame.begin(), frame.end());
      begins.push_back(begin);
    });
  }
};

}  // namespace

TEST_F(PlayoutTest, TheFirstFrameLeavesAtOnceAndTheLeadIsNeverMoreThanItsBound) {
  push(100);
  advance(1s);
  EXPECT_EQ(begins.size(), 10u);  // 200 ms
  EXPECT_EQ(begins.front(), 1s);
  EXPECT_EQ(playout.play_end(), 1s + 200ms);
  advance(1s + 19ms);
  EXPECT_EQ(begins.size(), 10u);
  advance(1s + 20ms);
  EXPECT_EQ(begins.size(), 11u);
}

TEST_F(PlayoutTest, DeadlinesAreAbsoluteALateWakeUpDoesNotShiftTheOnesAfterIt) {
  push(100);
  advance(0ms);
  EXPECT_EQ(playout.next_deadline(), 20ms);
  advance(33ms);
  EXPECT_EQ(playout.next_deadline(), 40ms);
  advance(95ms);
  EXPECT_EQ(begins.size(), 10u + 4u);
  for (std::size_t i = 0; i < begins.size(); ++i) EXPECT_EQ(begins[i], i * 20ms);
}

TEST_F(PlayoutTest, AfterRunningDryPlayingBeginsAnewWhenAudioComes) {
  push(1);
  advance(0ms);
  EXPECT_FALSE(playout.next_deadline());
  push(1);
  advance(5s);
  EXPECT_EQ(begins.back(), 5s);
}

TEST_F(PlayoutTest, APartOfAFrameWaitsForTheRestOrForPadding) {
  playout.push(std::vector<std::uint8_t>(100, 7));
  advance(0ms);
  EXPECT_TRUE(sent.empty());
  playout.push(std::vector<std::uint8_t>(100, 8));
  advance(1ms);
  EXPECT_EQ(sent.size(), 160u);
  playout.pad();
  advance(2ms);
  ASSERT_EQ(sent.size(), 320u);
  EXPECT_EQ(sent[199], 8);
  EXPECT_EQ(sent[200], 0xFF);
}

TEST_F(PlayoutTest, APartOfAFrameBeforeAMarkerWaitsNoLongerThanHalfTheLead) {
  std::optional<Playout::Time> reached;
  push(10);  // to 200 ms
  playout.push(std::vector<std::uint8_t>(100, 7));
  playout.push_marker([&](Playout::Time at) { reached = at; });
  advance(0ms);
  EXPECT_EQ(playout.next_deadline(), 100ms);
  advance(99ms);
  EXPECT_FALSE(reached);
  advance(100ms);
  EXPECT_EQ(reached, 220ms);
  EXPECT_EQ(begins.back(), 200ms) << "the far end has not run dry";
  EXPECT_EQ(sent.back(), 0xFF);

  // What comes in time goes on where it stopped.
  playout.push(std::vector<std::uint8_t>(100, 8));
  playout.push_marker([&](Playout::Time at) { reached = at; });
  playout.push(std::vector<std::uint8_t>(60, 9));
  advance(119ms);
  EXPECT_EQ(begins.back(), 220ms);
  EXPECT_EQ(sent.back(), 9);
  EXPECT_EQ(reached, 240ms);
}

TEST_F(PlayoutTest, MarkersRunInTheirPlaceWithTheEndOfTheAudioBeforeThem) {
  std::vector<std::pair<int, Playout::Time>> reached;
  playout.push_marker([&](auto at) { reached.emplace_back(0, at); });
  push(2);
  playout.push_marker([&](auto at) { reached.emplace_back(1, at); });
  push(1);
  playout.push_marker([&](auto at) { reached.emplace_back(2, at); });
  advance(1s);
  ASSERT_EQ(reached.size(), 3u);
  EXPECT_EQ(reached[0], (std::pair<int, Playout::Time>(0, 1s)));
  EXPECT_EQ(reached[1], (std::pair<int, Playout::Time>(1, 1s + 40ms)));
  EXPECT_EQ(reached[2], (std::pair<int, Playout::Time>(2, 1s + 60ms)));
}

TEST_F(PlayoutTest, ClearForgetsQueueAndMarkersAndSaysWhetherTheFarEndStillPlays) {
  bool reached = false;
  push(50);
  playout.push_marker([&](auto) { reached = true; });
  advance(0ms);
  EXPECT_TRUE(playout.clear(100ms));
  EXPECT_FALSE(playout.next_deadline());
  advance(10s);
  EXPECT_EQ(begins.size(), 10u);
  EXPECT_FALSE(reached);
  EXPECT_FALSE(playout.clear(11s));
}

TEST_F(PlayoutTest, HeldItSendsNothingAndLetGoItSendsTheVeryNextSample) {
  std::vector<std::uint8_t> all(160 * 60);
  std::iota(all.begin(), all.end(), std::uint8_t{0});
  playout.push(all);
  advance(0ms);
  playout.hold(true);
  EXPECT_FALSE(playout.next_deadline());
  advance(700ms);
  EXPECT_EQ(begins.size(), 10u);
  playout.hold(false);
  advance(703ms);
  EXPECT_EQ(begins[10], 703ms);  // the far end had run dry
  advance(10s);
  while (playout.next_deadline()) advance(*playout.next_deadline());
  EXPECT_EQ(sent, all);
}

TEST_F(PlayoutTest, ClearLetsGo) {
  push(20);
  playout.hold(true);
  playout.clear(0ms);
  push(1);
  advance(0ms);
  EXPECT_EQ(begins.size(), 1u);
}

TEST_F(PlayoutTest, AllThatIsPushedIsSentOnceAndInOrder) {
  std::vector<std::uint8_t> all(160 * 997);
  std::iota(all.begin(), all.end(), std::uint8_t{0});
  Playout::Time now{0};
  for (std::size_t at = 0; at < all.size();) {
    const auto n = std::min<std::size_t>(all.size() - at, 1 + at % 7919);
    playout.push(std::span(all).subspan(at, n));
    at += n;
    advance(now += 350ms);
  }
  advance(now += 1h);
  while (playout.next_deadline()) advance(now += 1s);
  EXPECT_EQ(sent, all);
}

TEST_F(PlayoutTest, BehindAGateAudioWaitsUntilItOpensAndGoesOutAtOnce) {
  push(2, 1);
  playout.push_gate(7);
  push(3, 2);
  advance(0ms);
  EXPECT_EQ(begins.size(), 2u);
  EXPECT_FALSE(playout.next_deadline());
  playout.open_gates(6);
  advance(1s);
  EXPECT_EQ(begins.size(), 2u);
  playout.open_gates(7);
  advance(2s);
  EXPECT_EQ(begins.size(), 5u);
  EXPECT_EQ(begins[2], 2s);
  EXPECT_EQ(sent.back(), 2);
}

TEST_F(PlayoutTest, AMarkerBehindAGateIsNotReachedBeforeItOpens) {
  int reached = 0;
  playout.push_gate(1);
  playout.push_marker([&](Playout::Time) { ++reached; });
  advance(0ms);
  EXPECT_EQ(reached, 0);
  playout.open_gates(1);
  advance(1ms);
  EXPECT_EQ(reached, 1);
}

TEST_F(PlayoutTest, AGateThatWasOpenedBeforeItCameKeepsNothing) {
  playout.open_gates(3);
  playout.push_gate(2);
  playout.push_gate(3);
  push(2);
  advance(0ms);
  EXPECT_EQ(begins.size(), 2u);
}

TEST_F(PlayoutTest, AFrameThatReachesBehindAGateWaitsForItWhole) {
  playout.push(std::vector<std::uint8_t>(80, 1));
  playout.push_gate(1);
  playout.push(std::vector<std::uint8_t>(80, 2));
  advance(0ms);
  EXPECT_TRUE(sent.empty());
  playout.open_gates(1);
  advance(1ms);
  EXPECT_EQ(sent.size(), 160u);
}

TEST_F(PlayoutTest, ClearedAGateIsGoneWithWhatIsBehindIt) {
  playout.push_gate(1);
  push(2, 1);
  playout.clear(0ms);
  push(1, 2);
  advance(1ms);
  EXPECT_EQ(sent, std::vector<std::uint8_t>(160, 2));
}
