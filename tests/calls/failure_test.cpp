// Providers and the database fail: the caller is told, the call ends, the history says why.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

Stack& stack() {
  static auto* const shared = new Stack;
  return *shared;
}

struct Failure : ::testing::Test {
  ~Failure() override { stack().clear_faults(); }

  // The caller hears something (the apology, or nothing when speech itself failed) and is hung up
  // on.
  json::Object failed_call(const std::string& fault) {
    stack().set_fault(fault);
    const auto report = stack().call("wait-greeting; say es/queue-thankyou; wait-end");
    EXPECT_TRUE(report.ended_by_agent) << to_text(report) << stack().server().output();
    heard_after_question = report.turns.size() > 1 && report.turns[1].heard_from_ms.has_value();
    return *stack().history(report.call_sid).object("call");
  }
  bool heard_after_question = false;
};

}  // namespace

TEST_F(Failure, ATranscriptionServiceThatIsDownIsApologisedForAndNamed) {
  const auto call =
      failed_call(R"({"operation":"transcription","fault":"status","status":500,"times":2})");
  EXPECT_EQ(call.string("status"), "failed");
  EXPECT_EQ(call.string("end_cause"), "provider-failed");
  EXPECT_NE(call.string("error")->find("groq"), std::string::npos) << *call.string("error");
  EXPECT_TRUE(heard_after_question);
}

TEST_F(Failure, AModelThatRefusesTheKeyIsApologisedForAndTheLogSaysWhichKey) {
  const auto call = failed_call(R"({"operation":"chat","fault":"status","status":401,"times":1})");
  EXPECT_EQ(call.string("end_cause"), "provider-failed");
  EXPECT_NE(call.string("error")->find("API key"), std::string::npos) << *call.string("error");
  EXPECT_TRUE(heard_after_question);
  stack().server().wait_for("bad-key");
}

TEST_F(Failure, AModelThatStallsInMidSentenceIsNotWaitedForForEver) {
  const auto call = failed_call(R"({"operation":"chat","fault":"stall","times":2})");
  EXPECT_EQ(call.string("end_cause"), "provider-failed");
  EXPECT_NE(call.string("error")->find("stopped"), std::string::npos) << *call.string("error");
}

TEST_F(Failure, OneFailureThatPassesIsNotNoticed) {
  stack().set_fault(R"({"operation":"transcription","fault":"status","status":503,"times":1})");
  stack().set_fault(R"({"operation":"chat","fault":"status","status":500,"times":1})");
  const auto report = stack().call("wait-greeting; say es/queue-thankyou; wait-reply; hang-up");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_EQ(stack().history(report.call_sid).object("call")->string("status"), "completed");
}

TEST(FailureOfTheDatabase, ACallIsHeldWithoutItAndIsInTheHistoryAfterwards) {
  auto& postgres = PostgresFixture::shared();
  const auto before = stack().call("wait-greeting; hang-up");
  ASSERT_TRUE(before.ok()) << to_text(before);
  // The call is announced while the database is there and held while it is not.
  std::optional<caller::CallReport> report;
  postgres.stop();
  auto away = stack().get("/ready");
  for (int i = 0; i < 1000 && away.status == 200; ++i, g_usleep(10'000))
    away = stack().get("/ready");
  EXPECT_EQ(away.status, 503);
  EXPECT_NE(away.body.find("\"failing\""), std::string::npos) << away.body;
  const auto refused = stack().call("wait-end");
  EXPECT_FALSE(refused.answered);
  postgres.start();
  for (int i = 0; i < 1000 && stack().get("/ready").status != 200; ++i) g_usleep(10'000);
  EXPECT_EQ(stack().get("/ready").status, 200);
  const auto after = stack().call("wait-greeting; hang-up");
  EXPECT_TRUE(after.ok()) << to_text(after);
}
