// The caller speaks while the agent does: the agent stops, and what was not heard was not said.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {
Stack& stack() {
  static auto* const shared = new Stack;
  return *shared;
}
}  // namespace

TEST(BargeIn, SpeechOverTheGreetingClearsItAndTheTranscriptKeepsWhatWasHeard) {
  const auto report = stack().call("barge-in 1.2 es/queue-thankyou; wait-reply; hang-up");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_EQ(report.violation_count, 0u);
  // The agent was held while it was not clear whether this is a barge-in; and queued at the far end
  // was never more than the lead. A machine that is late has nothing there any more to clear.
  EXPECT_LE(report.clears.size(), 1u) << to_text(report);
  for (const auto& clear : report.clears) EXPECT_LE(clear.dropped_ms, 220);

  const auto turns = stack().history(report.call_sid).objects("transcripts");
  ASSERT_GE(turns.size(), 3u);
  const auto greeting = turns[0];
  EXPECT_EQ(greeting.boolean("interrupted"), true);
  const auto heard = *greeting.string("content"), generated = *greeting.string("generated");
  EXPECT_LT(heard.size(), generated.size());
  EXPECT_TRUE(generated.starts_with(heard)) << heard << " / " << generated;
  EXPECT_EQ(turns[1].string("content"), "Muchas gracias por su paciencia.");
  EXPECT_EQ(turns[2].boolean("interrupted"), false);
}

TEST(BargeIn, AnAgentThatMayNotBeInterruptedSpeaksToItsEndAndThenAnswers) {
  stack().configure("barge_in_enabled", "false");
  const auto report = stack().call("barge-in 1.0 es/queue-thankyou; wait-reply 2.5; hang-up");
  stack().configure("barge_in_enabled", "true");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_TRUE(report.clears.empty());
  const auto turns = stack().history(report.call_sid).objects("transcripts");
  ASSERT_GE(turns.size(), 3u);
  for (const auto& turn : turns) EXPECT_EQ(turn.boolean("interrupted"), false) << turn.to_string();
}
