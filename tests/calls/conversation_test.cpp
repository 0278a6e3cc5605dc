// Calls that go well: recorded human speech in, spoken answers heard, everything in the history.
#include "plugins/base/trace_context.h"
#include "tests/calls/stack.h"
#include "tests/support/fake_http.h"

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

// Providers, a web service of the agent's and a webhook, all of them recorders of what they are
// sent.
TEST(Trace, EveryRequestOfACallCarriesTheTraceThatTheHistoryNames) {
  test::FakeHttp groq, azure, service, receiver;
  azure.otherwise({.content_type = "audio/basic", .chunks = {std::string(4'000, '\x55')}});
  const auto sse = [](const std::string& delta) {
    return test::FakeAnswer{
        .content_type = "text/event-stream",
        .chunks = {"data: {\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}\n\n",
                   "data: [DONE]\n\n"}};
  };
  groq.answer({.content_type = "application/json", .chunks = {R"({"text":"Quiero una cita."})"}});
  groq.answer(sse(R"({"tool_calls":[{"index":0,"id":"c1","type":"function",)"
                  R"("function":{"name":"agenda","arguments":"{}"}}]})"));
  groq.answer(sse(R"({"content":"Con gusto."})"));
  groq.otherwise({.status = 400});
  service.otherwise({.content_type = "application/json", .chunks = {R"({"ok":true})"}});
  Stack own({{"GROQ_BASE_URL", groq.url()},
             {"AZURE_SPEECH_ENDPOINT", azure.url()},
             {"WEBHOOKS_ALLOW_PRIVATE", "1"},
             {"LOG_FORMAT", "json"}});
  own.configure("tools", R"([{"name": "agenda", "description": "Citas", "url": ")" + service.url() +
                             R"(/agenda"}])");
  ASSERT_EQ(own.post(own.url() + "/api/v1/webhooks",
                     R"({"url": ")" + receiver.url() + R"(/hook", "events": ["call.ended"]})",
                     {{"X-API-Key", Stack::kAdminKey}})
                .status,
            201);
  const auto report = own.call("wait-greeting; say es/queue-thankyou; wait-reply; hang-up");
  ASSERT_TRUE(report.answered) << to_text(report);
  const auto call = *own.history(report.call_sid).object("call");
  const auto trace = call.string("trace_id").value_or("");
  ASSERT_EQ(trace.size(), 32u) << call.to_string();
  // Transcription, model, model again; greeting and reply; the service; and afterwards the model
  // that reads the conversation, and the webhook.
  const std::pair<test::FakeHttp*, std::size_t> expected[] = {
      {&groq, 4}, {&azure, 2}, {&service, 1}, {&receiver, 1}};
  for (const auto& [server, count] : expected) {
    for (int i = 0; i < 1'000 && server->requests() < count; ++i) g_usleep(20'000);
    ASSERT_GE(server->requests(), count) << server->url() << own.server().output();
    for (std::size_t n = 0; n < server->requests(); ++n)
      EXPECT_EQ(trace_id_in(server->request(n).header("traceparent")), trace)
          << server->request(n).path;
  }
  EXPECT_NE(own.server().output().find("\"call_id\":\"" + *call.string("session_id") +
                                       "\",\"trace_id\":\"" + trace + "\""),
            std::string::npos);
}
