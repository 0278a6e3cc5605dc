#include "server/caller/script_player.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace centralita::caller;
using namespace std::chrono_literals;

namespace {

constexpr int kRate = 8000;

// Steps a player and keeps what it did, frame by frame.
struct Performance {
  explicit Performance(std::string_view steps, PlayerSettings settings = {})
      : player(*parse_script_text(steps), clips(), kRate, settings) {}

  // 200 ms: silence in the first and the last 40 ms.
  static Clips clips() {
    Clip clip{.samples = std::vector<std::int16_t>(1600)};
    for (std::size_t i = 320; i < 1280; ++i)
      clip.samples[i] = static_cast<std::int16_t>(i % 2 ? 3000 : -3000);
    clip.voiced = find_voiced(clip.samples, kRate);
    return {{"a.wav", std::make_shared<const Clip>(std::move(clip))}};
  }

  // `count` frames with the agent speaking or not; stops at the end of the call.
  void run(int count, bool agent_voiced, bool buffered = false) {
    std::vector<std::int16_t> frame(160, 7);
    for (int i = 0; i < count && !ended; ++i, ++frames) {
      const auto action = player.next({.agent_voiced = agent_voiced, .buffered = buffered}, frame);
      if (action.began)
        began.push_back(frames);
      if (action.dtmf)
        digits.emplace_back(frames, *action.dtmf);
      ended = action.hang_up;
      failure = action.failure.value_or("");
      if (!ended)
        sent.push_back(frame);
    }
  }

  ScriptPlayer player;
  int frames = 0;
  std::vector<int> began;
  std::vector<std::pair<int, char>> digits;
  std::vector<std::vector<std::int16_t>> sent;
  bool ended = false;
  std::string failure;
};

}  // namespace

TEST(ScriptPlayer, SaysARecordingFrameByFrameAndThenHangsUp) {
  Performance call("say a.wav");
  call.run(100, false);
  EXPECT_EQ(call.began, std::vector{0});
  EXPECT_EQ(call.sent.size(), 10u);
  EXPECT_EQ(call.sent[1], std::vector<std::int16_t>(160));
  EXPECT_EQ(call.sent[2][1], 3000);
  EXPECT_TRUE(call.ended);
  EXPECT_EQ(call.failure, "");
}

TEST(ScriptPlayer, WaitAndSilenceLastAsLongAsTheySay) {
  Performance call("wait 0.1; silence 0.3; say a.wav");
  call.run(100, false);
  EXPECT_EQ(call.began, std::vector{20});
}

TEST(ScriptPlayer, WaitReplyNeedsTheAgentToHaveSpokenAndThenToBeQuietLongEnough) {
  Performance call("wait-reply 0.2; say a.wav");
  call.run(50, false);
  EXPECT_TRUE(call.began.empty());
  call.run(5, true);
  call.run(8, false);  // a pause for breath
  call.run(5, true);
  call.run(9, false);
  EXPECT_TRUE(call.began.empty());
  call.run(1, false);
  EXPECT_EQ(call.began, std::vector{77});
}

TEST(ScriptPlayer, SilenceDoesNotCountWhileMoreAudioWaitsToBePlayed) {
  Performance call("wait-reply 0.2; say a.wav");
  call.run(5, true);
  call.run(50, false, true);
  EXPECT_TRUE(call.began.empty());
  call.run(11, false);
  EXPECT_EQ(call.began.size(), 1u);
}

TEST(ScriptPlayer, WhatTheAgentSaidBeforeTheCallersLastWordIsNoReply) {
  Performance call("say a.wav; wait-reply 0.2; hang-up");
  call.run(6, true);  // the agent talks over the caller
  call.run(100, false);
  EXPECT_FALSE(call.ended);
  call.run(5, true);
  call.run(11, false);
  EXPECT_TRUE(call.ended);
  EXPECT_EQ(call.failure, "");
}

TEST(ScriptPlayer, AReplyWithinTheRecordingsTrailingSilenceIsAReply) {
  Performance call("say a.wav; wait-reply 0.2; hang-up");
  call.run(8, false);
  call.run(2, true);  // while the last two, silent, frames of the recording go out
  call.run(12, false);
  EXPECT_TRUE(call.ended);
}

TEST(ScriptPlayer, EachWaitReplyTakesAReplyOfItsOwn) {
  Performance call("wait-reply 0.2; wait-reply 0.2; hang-up");
  call.run(5, true);
  call.run(100, false);
  EXPECT_FALSE(call.ended);
  call.run(5, true);
  call.run(12, false);
  EXPECT_TRUE(call.ended);
}

TEST(ScriptPlayer, BargeInSpeaksSoLongAfterTheAgentBegan) {
  Performance call("barge-in 0.5 a.wav");
  call.run(10, false);
  call.run(100, true);
  EXPECT_EQ(call.began, std::vector{35});
}

TEST(ScriptPlayer, BargeInCountsFromTheAgentsBeginningAlsoAfterAWaitForIt) {
  Performance call("wait-for-agent; wait 0.2; barge-in 0.5 a.wav");
  call.run(10, false);
  call.run(100, true);
  EXPECT_EQ(call.began, std::vector{35});
}

TEST(ScriptPlayer, KeysArePressedOneAfterTheOther) {
  Performance call("dtmf 1#; hang-up");
  call.run(100, false);
  EXPECT_EQ(call.digits, (std::vector<std::pair<int, char>>{{0, '1'}, {10, '#'}}));
  EXPECT_EQ(call.frames, 21);
}

TEST(ScriptPlayer, AWaitThatIsTooLongFailsAndSaysWhere) {
  Performance silent("wait 0.1; wait-reply", {.timeout = 2s});
  silent.run(1000, false);
  EXPECT_EQ(silent.failure,
            "step 2 of 3 (wait-reply): the agent did not begin to speak within 2 s");
  EXPECT_EQ(silent.frames, 106);

  Performance endless("wait-reply", {.timeout = 2500ms});
  endless.run(1000, true);
  EXPECT_EQ(endless.failure,
            "step 1 of 2 (wait-reply): the agent did not stop speaking within 2.5 s");

  Performance no_end("wait-end", {.timeout = 1s});
  no_end.run(1000, false);
  EXPECT_EQ(no_end.failure, "step 1 of 1 (wait-end): the agent did not end the call within 1 s");
}

TEST(ScriptPlayer, NoiseFillsTheTimeBetweenRecordingsButNotASilence) {
  Performance call("wait 2; silence 0.1; hang-up", {.noise_dbfs = -40});
  call.run(200, false);
  ASSERT_EQ(call.sent.size(), 105u);
  double energy = 0;
  for (int i = 0; i < 100; ++i)
    for (const double sample : call.sent[static_cast<std::size_t>(i)]) energy += sample * sample;
  const double rms = std::sqrt(energy / (100 * 160));
  EXPECT_NEAR(20 * std::log10(rms / 32768), -40, 0.5);
  EXPECT_EQ(call.sent[102], std::vector<std::int16_t>(160));
}

TEST(ScriptPlayer, TheCallMayEndOnlyWhereTheScriptExpectsIt) {
  Performance call("wait 0.1; wait-end");
  call.run(1, false);
  EXPECT_FALSE(call.player.may_end());
  call.run(10, false);
  EXPECT_TRUE(call.player.may_end());
}
