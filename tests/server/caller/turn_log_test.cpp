#include "server/caller/turn_log.h"

#include <gtest/gtest.h>

using namespace centralita::caller;

namespace {

struct TurnLogTest : ::testing::Test {
  TurnLog log{8000};
  const std::vector<std::int16_t> voice = std::vector<std::int16_t>(160, 5000);
  const std::vector<std::int16_t> silence = std::vector<std::int16_t>(160);

  // Audio that comes at the pace at which it is played.
  void speaks(double from_ms, int frames) {
    for (int i = 0; i < frames; ++i) log.audio_arrived(from_ms + 20 * i, voice);
  }
  void hears(int silent_frames, int voiced_frames) {
    for (int i = 0; i < silent_frames; ++i) log.heard(false);
    for (int i = 0; i < voiced_frames; ++i) log.heard(true);
  }
};

}  // namespace

TEST_F(TurnLogTest, ResponseTimeIsFromTheCallersLastVoicedSampleToTheAgentsFirstVoice) {
  speaks(100, 10);
  hears(6, 10);
  log.caller_spoke({.file = "a.wav", .first_voiced_ms = 2000, .last_voiced_ms = 3000});
  log.audio_arrived(3580, silence);  // synthesizers begin with a little silence
  speaks(3600, 50);
  hears(166, 50);  // from 3640
  const auto turns = log.turns();
  ASSERT_EQ(turns.size(), 2u);
  EXPECT_FALSE(turns[0].caller);
  EXPECT_EQ(turns[0].response_ms, 100);
  EXPECT_EQ(turns[0].heard_from_ms, 120);
  EXPECT_EQ(turns[0].heard_to_ms, 320);
  EXPECT_EQ(turns[0].audio_ms, 200);
  EXPECT_EQ(turns[1].first_audio_ms, 3580);
  EXPECT_EQ(turns[1].first_voiced_ms, 3600);
  EXPECT_EQ(turns[1].response_ms, 600);
  EXPECT_EQ(turns[1].heard_response_ms, 640);
  EXPECT_EQ(turns[1].audio_ms, 1000);
  EXPECT_FALSE(turns[1].agent_began_early);
}

TEST_F(TurnLogTest, ATurnWithoutAReplyHasNoResponseTime) {
  log.caller_spoke({.first_voiced_ms = 100, .last_voiced_ms = 500});
  const auto turns = log.turns();
  EXPECT_FALSE(turns[1].response_ms);
  EXPECT_FALSE(turns[1].first_audio_ms);
  EXPECT_EQ(turns[1].audio_ms, 0);
}

TEST_F(TurnLogTest, AnAgentThatBeginsWhileTheCallerSpeaksHasNoResponseTime) {
  log.caller_spoke({.first_voiced_ms = 1000, .last_voiced_ms = 3000});
  speaks(2500, 100);
  const auto turns = log.turns();
  EXPECT_TRUE(turns[1].agent_began_early);
  EXPECT_FALSE(turns[1].response_ms);
}

TEST_F(TurnLogTest, ABargeInIsAnsweredByWhatComesAfterTheClear) {
  speaks(0, 110);  // until 2200
  hears(1, 108);   // heard until 2180
  log.caller_spoke(
      {.file = "stop.wav", .barge_in = true, .first_voiced_ms = 1500, .last_voiced_ms = 2600});
  log.cleared(2200);
  hears(60, 0);
  speaks(3400, 10);
  hears(2, 10);
  const auto turns = log.turns();
  ASSERT_EQ(turns.size(), 2u);
  EXPECT_FALSE(turns[1].agent_began_early);
  EXPECT_EQ(turns[1].response_ms, 800);
  EXPECT_EQ(turns[1].talked_over_ms, 680);
}

TEST_F(TurnLogTest, ContinuousSilenceOnTheWireIsNoReply) {
  log.caller_spoke({.first_voiced_ms = 0, .last_voiced_ms = 500});
  for (int i = 0; i < 100; ++i) log.audio_arrived(20 * i, silence);
  EXPECT_FALSE(log.turns()[1].response_ms);
}

TEST_F(TurnLogTest, LatenessIsAgainstTheGridThatTheFirstFrameOfARunBegins) {
  for (const double at : {100.0, 120.0, 150.0, 160.0}) log.audio_arrived(at, voice);
  log.audio_arrived(900, voice);  // a new run
  EXPECT_EQ(log.lateness_ms(), (std::vector<float>{0, 10, 0}));
  EXPECT_EQ(log.gaps_ms(), (std::vector<float>{20, 30, 10}));
}

TEST_F(TurnLogTest, AudioSentAheadIsEarlyAndNotLate) {
  log.audio_arrived(100, voice);
  log.audio_arrived(100, voice);
  log.audio_arrived(100, voice);
  EXPECT_EQ(log.lateness_ms(), (std::vector<float>{-20, -40}));
}
