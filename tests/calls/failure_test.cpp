// Providers and the database fail: the caller is told, the call ends, the history says why.
#include "server/telephony/twilio_signature.h"
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

using namespace centralita;

namespace {

// The graphs of the calls, with deadlines that a test need not wait long for.
const std::string& impatient_pipelines() {
  static const auto* const folder = [] {
    auto* made = new TemporaryFolder;
    const std::filesystem::path from = g_getenv("CENTRALITA_PIPELINES");
    for (const char* type : {"browser", "telnyx", "twilio"}) {
      std::ifstream file(from / (std::string(type) + ".launch"));
      std::string text{std::istreambuf_iterator<char>(file), {}};
      text = std::regex_replace(text, std::regex("stall-timeout=[0-9]+"), "stall-timeout=700");
      std::ofstream(std::filesystem::path(made->path()) / (std::string(type) + ".launch")) << text;
    }
    return made;
  }();
  return folder->path();
}

Stack& stack() {
  static auto* const shared = [] {
    auto* made = new Stack({{"CENTRALITA_PIPELINES", impatient_pipelines()}});
    // What reads calls that are over asks the same service, and would take the faults of the next.
    made->configure("extraction_enabled", "false");
    made->configure("first_message", "\"Hola.\"");
    made->configure("apology_message", "\"Disculpe.\"");
    return made;
  }();
  return *shared;
}

constexpr char kQuestion[] = "wait-greeting 0.3; say es/queue-thankyou; wait-reply 0.3; hang-up";

struct Failure : ::testing::Test {
  ~Failure() override { stack().clear_faults(); }

  // The caller hears something (the apology, or nothing when speech itself failed) and is hung up
  // on.
  json::Object failed_call(const std::string& fault) {
    stack().set_fault(fault);
    const auto report = stack().call("wait-greeting 0.3; say es/queue-thankyou; wait-end");
    EXPECT_TRUE(report.ended_by_agent) << to_text(report) << stack().server().output();
    heard_after_question = report.turns.size() > 1 && report.turns[1].heard_from_ms.has_value();
    return *stack().history(report.call_sid).object("call");
  }
  bool heard_after_question = false;
};

}  // namespace

TEST_F(Failure, ATranscriptionServiceThatIsDownIsApologisedForAndNamed) {
  const auto call =
      failed_call(R"({"operation":"transcription","fault":"status","status":500,"times":4})");
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
  const auto call = failed_call(R"({"operation":"chat","fault":"stall","times":4})");
  EXPECT_EQ(call.string("end_cause"), "provider-failed");
  EXPECT_NE(call.string("error")->find("stopped"), std::string::npos) << *call.string("error");
}

TEST_F(Failure, AStoredModelThatIsRetiredIsReplacedAndTheLogSaysByWhich) {
  stack().configure("llm_model", "\"llama-3.3-70b-versatile\"");
  const auto report = stack().call(kQuestion);
  stack().configure("llm_model", "\"openai/gpt-oss-120b\"");
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  stack().server().wait_for("warning.*llama-3.3-70b-versatile.*openai/gpt-oss-120b");
}

TEST_F(Failure, OneFailureThatPassesIsNotNoticed) {
  stack().set_fault(R"({"operation":"transcription","fault":"status","status":503,"times":1})");
  stack().set_fault(R"({"operation":"chat","fault":"status","status":500,"times":1})");
  const auto report = stack().call(kQuestion);
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  EXPECT_EQ(stack().history(report.call_sid).object("call")->string("status"), "completed");
}

TEST_F(Failure, ATurnThatFailsForGoodIsMadeAgainOnceAndTheHistorySaysSo) {
  stack().set_fault(R"({"operation":"transcription","fault":"status","status":503,"times":2})");
  const auto report = stack().call(kQuestion);
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  const auto call = stack().history(report.call_sid);
  EXPECT_EQ(call.object("call")->string("status"), "completed");
  bool retried = false;
  for (const auto& event : call.objects("events"))
    retried |= event.string("name") == "turn-retried";
  EXPECT_TRUE(retried);
}

TEST(FailureOfTheDatabase, AServerThatNeverSawItListensSaysWhyAndTellsCallersSo) {
  const char* program = g_getenv("CENTRALITA_PROGRAM");
  const TemporaryFolder data;
  Program server({program, "serve"},
                 {{"DATABASE_URL", "postgresql://nobody@/none?host=/nonexistent"},
                  {"CENTRALITA_DATA", data.path()},
                  {"ADMIN_API_KEY", Stack::kAdminKey},
                  {"CENTRALITA_PORT", "0"},
                  {"PUBLIC_BASE_URL", ""},
                  {"TWILIO_AUTH_TOKEN", Stack::kTwilioToken}});
  const auto url = server.wait_for("listening on (http://[^ ;]+)");
  server.wait_for("/nonexistent");  // the reason, with the address that it tried
  EXPECT_EQ(stack().get_url(url + "/health").status, 200);
  const auto ready = stack().get_url(url + "/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_NE(ready.body.find("/nonexistent"), std::string::npos) << ready.body;
  const auto webhook = url + "/api/v1/twilio/incoming-call";
  const auto twiml =
      stack().post(webhook, "CallSid=CA1",
                   {{"X-Twilio-Signature",
                     twilio_signature(Stack::kTwilioToken, webhook, {{"CallSid", "CA1"}})}},
                   "application/x-www-form-urlencoded");
  EXPECT_EQ(twiml.status, 200);
  EXPECT_NE(twiml.body.find("<Say"), std::string::npos) << twiml.body;
  EXPECT_NE(twiml.body.find("<Hangup/>"), std::string::npos) << twiml.body;
}

TEST(FailureOfTheDatabase, ACallGoesOnWithoutItAndIsInTheHistoryAfterwards) {
  auto& postgres = PostgresFixture::shared();
  const Slot outage = stack().io().after(std::chrono::seconds(1), [&] { postgres.stop(); });
  const auto report = stack().call(kQuestion);
  ASSERT_TRUE(report.ok()) << to_text(report) << stack().server().output();
  const auto away = stack().get("/ready");
  EXPECT_EQ(away.status, 200);  // calls are still answered here
  EXPECT_NE(away.body.find("\"degraded\""), std::string::npos) << away.body;
  EXPECT_NE(away.body.find("\"failing\""), std::string::npos) << away.body;
  EXPECT_EQ(stack().get("/api/v1/calls").status, 503);
  // A new call meanwhile is answered all the same, by the agent as it was known last.
  const auto meanwhile = stack().call(kQuestion);
  EXPECT_TRUE(meanwhile.ok()) << to_text(meanwhile) << stack().server().output();

  postgres.start();
  for (int i = 0; i < 1000 && stack().get("/ready").status != 200; ++i) g_usleep(10'000);
  const auto lines = lines_of(stack().history(report.call_sid));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1], "user: Muchas gracias por su paciencia.");
  EXPECT_EQ(lines_of(stack().history(meanwhile.call_sid)).size(), 3u);
  const auto after = stack().call("wait-greeting; hang-up");
  EXPECT_TRUE(after.ok()) << to_text(after);
}

// --- What is prepared ----------------------------------------------------------

TEST(Prepared, GreetingsAreHeardThoughTheSynthesizerIsDownAndOneRefusalKeepsNoOtherBack) {
  Stack stack({{"PREPARE_SPEECH", "1"}});
  stack.server().wait_for("the sentences of the agents are prepared");
  // The server that is about to end must not make the new sentence already.
  stack.set_fault(R"({"operation":"synthesis","fault":"status","status":503,"times":1000})");
  stack.configure("first_message", "\"Esta frase solo se ha preparado.\"");
  stack.server().signal(SIGTERM);
  stack.server().wait();
  stack.clear_faults();
  // The first sentence of the first kind of call is refused; the browser's are made after it. Where
  // the server hears of its agents once more meanwhile, it makes that one again too.
  stack.set_fault(R"({"operation":"synthesis","fault":"status","status":400,"times":1})");
  stack.restart_server();
  stack.server().wait_for("sentences of (the )?agents are (not )?prepared");
  stack.set_fault(R"({"operation":"synthesis","fault":"status","status":503,"times":1000})");
  const auto report = stack.call("wait-greeting; hang-up", caller::CallPlan::Way::kSimulator);
  ASSERT_TRUE(report.ok()) << to_text(report) << stack.server().output();
}
