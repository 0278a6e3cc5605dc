#include "pipelines/turn.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using centralita::is_legal;
using centralita::Turn;
using enum centralita::TurnState;

TEST(Turn, EveryChangeIsToldOnceAndStayingIsNoChange) {
  std::vector<std::string> seen;
  Turn turn(
      [&](auto from, auto to) { seen.push_back(std::string(name_of(from)) + ">" + name_of(to)); });
  EXPECT_TRUE(turn.set_state(kListening));
  EXPECT_TRUE(turn.set_state(kListening));
  EXPECT_TRUE(turn.set_state(kProcessing));
  EXPECT_EQ(seen, (std::vector<std::string>{"idle>listening", "listening>processing"}));
}

TEST(Turn, NothingLeavesEnding) {
  Turn turn([](auto, auto) {});
  turn.set_state(kEnding);
  EXPECT_FALSE(turn.set_state(kListening));
  EXPECT_EQ(turn.state(), kEnding);
}

TEST(Turn, EveryStateMayEndAndOnlySpeechOrThoughtMayBeInterrupted) {
  for (const auto state :
       {kIdle, kListening, kProcessing, kToolExecuting, kSpeaking, kInterrupted}) {
    EXPECT_TRUE(is_legal(state, kEnding));
    EXPECT_EQ(is_legal(state, kInterrupted),
              state == kSpeaking || state == kProcessing || state == kToolExecuting);
  }
}
