#include "server/caller/playout.h"

#include <gtest/gtest.h>

#include <numeric>

using centralita::caller::Playout;

namespace {

using Names = std::vector<std::string>;

struct PlayoutTest : ::testing::Test {
  Playout playout{8000};
  std::vector<std::int16_t> frame = std::vector<std::int16_t>(160);

  // `count` samples 1, 2, 3, ...
  static std::vector<std::int16_t> ramp(std::size_t count) {
    std::vector<std::int16_t> samples(count);
    std::iota(samples.begin(), samples.end(), std::int16_t{1});
    return samples;
  }
  Names tick() { return playout.tick(frame); }
};

}  // namespace

TEST_F(PlayoutTest, PlaysInOrderOfArrivalAFrameATickAndThenSilence) {
  playout.add(ramp(100));
  playout.add(ramp(100));
  tick();
  EXPECT_EQ(frame[0], 1);
  EXPECT_EQ(frame[99], 100);
  EXPECT_EQ(frame[100], 1);
  EXPECT_EQ(playout.buffered(), 40u);
  tick();
  EXPECT_EQ(frame[0], 61);
  EXPECT_EQ(frame[39], 100);
  EXPECT_EQ(frame[40], 0);
  tick();
  EXPECT_EQ(frame, std::vector<std::int16_t>(160));
}

TEST_F(PlayoutTest, AMarkWithNothingBufferedIsDueAtOnce) {
  EXPECT_EQ(playout.mark("m"), "m");
  tick();
  EXPECT_EQ(playout.mark("n"), "n");
}

TEST_F(PlayoutTest, AMarkIsDueWhenTheAudioBeforeItHasFinishedPlayingAndNotWhenItBegins) {
  playout.add(ramp(320));
  EXPECT_EQ(playout.mark("m"), std::nullopt);
  EXPECT_EQ(tick(), Names{});  // plays the first frame
  EXPECT_EQ(tick(), Names{});  // plays the second
  EXPECT_EQ(tick(), Names{"m"});
}

TEST_F(PlayoutTest, AMarkAfterAudioThatIsStillBeingPlayedWaitsForIt) {
  playout.add(ramp(160));
  tick();
  EXPECT_EQ(playout.mark("m"), std::nullopt);
  EXPECT_EQ(tick(), Names{"m"});
}

TEST_F(PlayoutTest, MarksAmongAudioAreDueInOrderEachAfterItsOwn) {
  playout.add(ramp(160));
  EXPECT_FALSE(playout.mark("a"));
  playout.add(ramp(10));
  EXPECT_FALSE(playout.mark("b"));
  EXPECT_FALSE(playout.mark("c"));
  playout.add(ramp(300));
  EXPECT_FALSE(playout.mark("d"));
  EXPECT_EQ(tick(), Names{});
  EXPECT_EQ(tick(), Names{"a"});
  EXPECT_EQ(tick(), (Names{"b", "c"}));
  EXPECT_EQ(tick(), Names{"d"});
}

TEST_F(PlayoutTest, ClearDropsTheBufferAndGivesEveryPendingMarkInOrder) {
  playout.add(ramp(400));
  EXPECT_FALSE(playout.mark("a"));
  playout.add(ramp(200));
  EXPECT_FALSE(playout.mark("b"));
  tick();
  const auto cleared = playout.clear();
  EXPECT_EQ(cleared.samples, 440u);
  EXPECT_EQ(cleared.marks, (Names{"a", "b"}));
  EXPECT_EQ(tick(), Names{});
  EXPECT_EQ(frame, std::vector<std::int16_t>(160));
}

TEST_F(PlayoutTest, ClearOfNothingGivesNothing) {
  const auto cleared = playout.clear();
  EXPECT_EQ(cleared.samples, 0u);
  EXPECT_TRUE(cleared.marks.empty());
}

TEST_F(PlayoutTest, WhatComesAfterAClearIsPlayedAndMarkedAsEver) {
  playout.add(ramp(800));
  EXPECT_EQ(playout.clear().samples, 800u);
  playout.add(ramp(160));
  EXPECT_FALSE(playout.mark("new"));
  EXPECT_EQ(tick(), Names{});
  EXPECT_EQ(frame[0], 1);
  EXPECT_EQ(tick(), Names{"new"});
}

TEST_F(PlayoutTest, AMarkBehindAPendingOneIsNotEchoedBeforeIt) {
  playout.add(ramp(160));
  tick();
  EXPECT_FALSE(playout.mark("first"));
  EXPECT_FALSE(playout.mark("second"));
  EXPECT_EQ(tick(), (Names{"first", "second"}));
}

TEST_F(PlayoutTest, AudioBeyondTenMinutesIsDiscarded) {
  EXPECT_EQ(playout.add(std::vector<std::int16_t>(600 * 8000 - 1)), 0u);
  EXPECT_EQ(playout.add(ramp(5)), 4u);
  EXPECT_EQ(playout.buffered(), 600u * 8000);
}

TEST_F(PlayoutTest, AShortHoleInSpeechIsAnUnderrunAndALongPauseIsNot) {
  playout.add(ramp(160));
  tick();
  tick();
  tick();
  playout.add(ramp(160));
  tick();
  EXPECT_EQ(playout.underrun_ticks(), 2u);
  for (int i = 0; i < 30; ++i) tick();
  playout.add(ramp(160));
  tick();
  EXPECT_EQ(playout.underrun_ticks(), 2u);
}

TEST_F(PlayoutTest, TheSilenceAfterAClearIsNoUnderrun) {
  playout.add(ramp(480));
  tick();
  EXPECT_EQ(playout.clear().samples, 320u);
  tick();
  playout.add(ramp(160));
  tick();
  EXPECT_EQ(playout.underrun_ticks(), 0u);
}
