// Calls that go well: recorded human speech in, spoken answers heard, everything in the history.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

using namespace centralita;
using Way = caller::CallPlan::Way;

namespace {

Stack& stack() {
  static auto* const shared = [] {
    auto* stack = new Stack;
    stack->add_english_agent();
    return stack;
  }();
  return *shared;
}

// Energy where the agent spoke, silence elsewhere.
void expect_heard_only_where_the_agent_spoke(const caller::CallReport& report) {
  double end_of_last = 0;
  for (const auto& turn : report.turns) {
    if (!turn.heard_from_ms)
      continue;
    EXPECT_GT(level_dbfs(report.heard, report.rate_hz, *turn.heard_from_ms, *turn.heard_to_ms), -45)
        << "turn at " << *turn.heard_from_ms;
    if (end_of_last > 0) {
      EXPECT_LT(
          level_dbfs(report.heard, report.rate_hz, end_of_last + 100, *turn.heard_from_ms - 40),
          -60)
          << "before the turn at " << *turn.heard_from_ms;
    }
    end_of_last = *turn.heard_to_ms;
  }
}

std::string words_of_the_caller(const caller::CallReport& report) {
  std::string words;
  for (const auto& line : report.transcripts)
    if (line.role == "user")
      words += line.text;
  return words;
}

}  // namespace

TEST(Conversation, ThreeTurnsOverTwilioAreUnderstoodAnsweredAndKept) {
  const auto report = stack().call(
      "wait-greeting; say es/queue-thankyou; wait-reply; say es/please-try-again; wait-reply; "
      "say es/vm-msgsaved; wait-reply; hang-up");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_EQ(report.violation_count, 0u);
  EXPECT_TRUE(report.clears.empty());
  expect_heard_only_where_the_agent_spoke(report);
  for (const auto& mark : report.marks) EXPECT_TRUE(mark.echoed_ms) << mark.name;

  const auto history = stack().history(report.call_sid);
  const auto call = *history.object("call");
  EXPECT_EQ(call.string("client_type"), "twilio");
  EXPECT_EQ(call.string("status"), "completed");
  EXPECT_EQ(call.string("end_cause"), "caller-hung-up");
  EXPECT_EQ(call.string("from"), report.from);
  EXPECT_GT(call.integer("duration_ms").value_or(0), 5000);
  const auto lines = lines_of(history);
  ASSERT_EQ(lines.size(), 7u) << history.to_string();
  EXPECT_EQ(lines[1], "user: Muchas gracias por su paciencia.");
  EXPECT_EQ(lines[3], "user: Por favor intente de nuevo.");
  EXPECT_EQ(lines[5], "user: Su mensaje ha sido guardado.");
  const auto turns = history.objects("transcripts");
  for (std::size_t i = 1; i < turns.size(); ++i) {
    EXPECT_LT(*turns[i - 1].string("timestamp"), *turns[i].string("timestamp"));
    if (turns[i].string("role") != "assistant")
      continue;
    for (const char* stage :
         {"response_ms", "endpointing_ms", "stt_ms", "llm_first_token_ms", "tts_first_byte_ms"}) {
      EXPECT_TRUE(turns[i].object("timings")->integer(stage))
          << stage << " of " << turns[i].to_string();
    }
  }
}

TEST(Conversation, TheSimulatorHearsWideBandAndShowsTheTranscriptLive) {
  const auto report =
      stack().call("wait-greeting; say es/queue-thankyou; wait-reply; hang-up", Way::kSimulator);
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_EQ(report.rate_hz, 16000);
  EXPECT_EQ(report.violation_count, 0u);
  expect_heard_only_where_the_agent_spoke(report);
  EXPECT_EQ(words_of_the_caller(report), "Muchas gracias por su paciencia.");
}

TEST(Conversation, AnEnglishAgentUnderstandsEnglish) {
  const auto report = stack().call("wait-greeting; say en/queue-thankyou; wait-reply; hang-up",
                                   Way::kSimulator, "english");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_EQ(words_of_the_caller(report), "Thank you for your patience.");
}

TEST(Conversation, TheAgentHangsUpWhenTheCallerHasSaidGoodbye) {
  const auto report =
      stack().call("wait-greeting; say en/vm-goodbye; wait-end", Way::kSimulator, "english");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_TRUE(report.ended_by_agent);
  EXPECT_EQ(report.end_cause, "agent-hung-up");
  const auto history = stack().history(report.call_sid);
  EXPECT_EQ(history.object("call")->string("end_cause"), "agent-hung-up");
  EXPECT_EQ(lines_of(history).back(), "assistant: Thank you for calling. Goodbye!");
  // The goodbye was heard to its end before the line went dead.
  const auto& goodbye = report.turns.back();
  EXPECT_GT(goodbye.heard_to_ms.value_or(0) - goodbye.heard_from_ms.value_or(0), 1000);
}

TEST(Conversation, ASilentCallerIsAskedTwiceAndThenTheCallEnds) {
  stack().configure("idle_timeout_ms", "5000");
  const auto report = stack().call("wait-end");
  stack().configure("idle_timeout_ms", "10000");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  const auto history = stack().history(report.call_sid);
  EXPECT_EQ(history.object("call")->string("end_cause"), "idle");
  const auto lines = lines_of(history);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1], lines[2]);
}
