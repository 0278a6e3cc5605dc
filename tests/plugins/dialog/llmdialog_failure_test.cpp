// What llmdialog does when the provider fails it, and with tools.
#include "tests/plugins/dialog/dialog_fixture.h"

namespace centralita::testing {

using Code = ProviderError::Code;
using Lines = std::vector<std::string>;
struct LlmDialogFailing : DialogTest {
  ProviderError fails(std::initializer_list<Script> scripts) {
    for (const auto& script : scripts) server.expect(script);
    start();
    hear("Hola");
    const auto error = wait_for_error();
    EXPECT_EQ(number_of(wait_for_message("dialog-failed"), "turn"), 1u);
    EXPECT_EQ(error.provider, "groq");
    EXPECT_EQ(error.operation, "chat");
    EXPECT_EQ(error.detail.find("secret"), std::string::npos);
    EXPECT_EQ(server.requests(), scripts.size());
    return error;
  }
};
struct LlmDialogWithTools : DialogTest {
  LlmDialogWithTools() {
    set("tools", R"([{"type":"function","function":{"name":"citas"}},)"
                 R"({"type":"function","function":{"name":"hora"}}])");
    set("tool-choice", "required");
  }
};
const auto name_of_mode = [](const auto& info) {
  return info.param == Mode::kInline ? "Inline" : "Task";
};
INSTANTIATE_TEST_SUITE_P(Modes, LlmDialogFailing, ::testing::Values(Mode::kInline, Mode::kTask),
                         name_of_mode);
INSTANTIATE_TEST_SUITE_P(Modes, LlmDialogWithTools, ::testing::Values(Mode::kInline, Mode::kTask),
                         name_of_mode);

TEST_P(LlmDialogFailing, AWrongKeyIsNotTriedAgain) {
  const auto error =
      fails({{status(401, R"({"error":{"message":"Invalid API Key","code":"invalid_api_key"}})")}});
  EXPECT_EQ(error.code, Code::kBadKey);
  EXPECT_EQ(error.http_status, 401);
  EXPECT_TRUE(timeline().empty());
}

TEST_P(LlmDialogFailing, WithoutAKeyGroqIsNotEvenAsked) {
  set("api-key", nullptr);
  set("base-url", "https://api.groq.com/openai/v1");
  const auto error = fails({});
  EXPECT_EQ(error.code, Code::kBadKey);
  EXPECT_EQ(error.http_status, 0);
}

TEST_P(LlmDialogFailing, ALongWaitIsNotMade) {
  const auto error = fails({{status(429, "{}", {{"retry-after", "7.5"}})}});
  EXPECT_EQ(error.code, Code::kRateLimited);
  EXPECT_EQ(error.retry_after, std::chrono::milliseconds(7500));
}

TEST_P(LlmDialogFailing, WhatTheModelsServiceFailsAtTheFallbackAnswers) {
  ScriptedChatServer fallback;
  fallback.expect({chunk("Con gusto."), finish("stop"), done()});
  server.expect({status(401, "{}")});
  set("fallback-base-url", fallback.url().c_str());
  set("fallback-model", "other/model");
  set("fallback-api-key", "second-key");
  start();
  hear("Hola");
  EXPECT_EQ(text_of(wait_for_message("dialog-reply"), "text"), "Con gusto.");
  const auto request = fallback.wait_for_request();
  EXPECT_EQ(request.authorization, "Bearer second-key");
  EXPECT_EQ(request.json().string("model"), "other/model");
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(LlmDialogFailing, AnotherModelOfTheSameServiceIsAskedWithItsKey) {
  server.expect({status(503, "{}")});
  server.expect({chunk("Sí."), finish("stop"), done()});
  set("api-key", "first-key");
  set("fallback-model", "other/model");
  start();
  hear("Hola");
  EXPECT_EQ(text_of(wait_for_message("dialog-reply"), "text"), "Sí.");
  (void)server.wait_for_request();
  const auto request = server.wait_for_request();
  EXPECT_EQ(request.authorization, "Bearer first-key");
  EXPECT_EQ(request.json().string("model"), "other/model");
}

TEST_P(LlmDialogFailing, AQuestionThatFailedIsAnsweredAgainWhenAskedFor) {
  server.expect({status(401, "{}")});
  start();
  hear("Hola");
  (void)wait_for_message("dialog-failed");
  server.expect({chunk("Hola."), finish("stop"), done()});
  gboolean again = FALSE;
  g_signal_emit_by_name(element.get(), "answer-again", &again);
  EXPECT_TRUE(again);
  EXPECT_EQ(text_of(wait_for_message("dialog-reply"), "text"), "Hola.");
  (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().messages().back(), "user: Hola");
  g_signal_emit_by_name(element.get(), "answer-again", &again);
  EXPECT_FALSE(again);  // it has its answer
}

TEST_P(LlmDialogFailing, ASecondFailureIsReportedOnce) {
  const auto error = fails({{status(500, "oops")}, {status(503, "<html>")}});
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_EQ(error.http_status, 503);
  settle();
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT)));
}

TEST_P(LlmDialogFailing, AShutDownModelSaysSo) {
  const auto error =
      fails({{status(400, R"({"error":{"message":"m","code":"model_decommissioned"}})")}});
  EXPECT_EQ(error.code, Code::kModelRetired);
}

TEST_P(LlmDialogFailing, GarbageIsMalformed) {
  EXPECT_EQ(fails({{bytes("data: garbage\n\n")}, {bytes("data: garbage\n\n")}}).code,
            Code::kMalformed);
}

TEST_P(LlmDialogFailing, AnAnswerThatIsNoStreamIsMalformed) {
  EXPECT_EQ(fails({{status(200, "{\"choices\":[]}")}, {status(200, "{\"choices\":[]}")}}).code,
            Code::kMalformed);
}

TEST_P(LlmDialogFailing, AnErrorInTheStreamIsTheProviders) {
  const Script script = {event(R"({"error":{"message":"over capacity","type":"server_error"}})")};
  const auto error = fails({script, script});
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_NE(error.detail.find("over capacity"), std::string::npos);
}

TEST_P(LlmDialogFailing, AStreamThatEndsWithoutAFinishReasonIsLost) {
  EXPECT_EQ(fails({{chunk("Ho")}, {chunk("Ho")}}).code, Code::kConnectionLost);
}

TEST_P(LlmDialogFailing, NoAnswerInTimeIsAFirstByteTimeout) {
  set("first-byte-timeout", 40u);
  EXPECT_EQ(fails({{stall()}, {stall()}}).code, Code::kFirstByteTimeout);
}

TEST_P(LlmDialogFailing, AnAnswerThatStopsComingIsAStall) {
  set("stall-timeout", 40u);
  EXPECT_EQ(fails({{chunk("Ho"), stall()}, {chunk("Ho"), stall()}}).code, Code::kStalled);
}

TEST_P(LlmDialogFailing, WhatWasSaidBeforeACutStaysSaidAndIsNotSaidAgain) {
  server.expect({chunk("Uno dos. T"), wait(), cut()});
  start();
  hear("Hola");
  wait_for("1.0 Uno dos.");
  server.go();
  EXPECT_EQ(wait_for_error().code, Code::kConnectionLost);
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Uno dos.", "end 1"}));
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_NE(history().find("Uno dos."), std::string::npos);
}

TEST_P(LlmDialogFailing, OneFailureBeforeAnythingWasSaidIsNeverHeard) {
  server.expect({status(500, "oops")});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Sí.", "end 1"}));
  EXPECT_EQ(number_of(wait_for_message("dialog-started"), "turn"), 1u);
  (void)wait_for_message("dialog-reply");
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(LlmDialogFailing, AnInvalidToolCallIsTriedAgainWithACoolerHead) {
  server.expect({status(400, R"({"error":{"message":"m","code":"tool_use_failed"}})")});
  server.expect({chunk("Sí."), finish("stop"), done()});
  set("temperature", 0.8);
  start();
  hear("Hola");
  EXPECT_EQ(server.wait_for_request().json().number("temperature"), 0.8);
  EXPECT_EQ(server.wait_for_request().json().number("temperature"), 0.4);
  wait_for("end 1");
}

TEST_P(LlmDialogFailing, AfterAFailureTheNextWordsAreAnsweredWithTheOnesBefore) {
  (void)fails({{status(401, "{}")}});
  server.expect({chunk("Sí."), finish("stop"), done()});
  (void)server.wait_for_request();
  hear("¿hay alguien?");
  EXPECT_EQ(server.wait_for_request().messages(), (Lines{"user: Hola ¿hay alguien?"}));
  wait_for("end 2");
}

TEST_P(LlmDialogFailing, AServerThatHoldsTheConnectionAfterDoneDoesNotHoldTheReply) {
  server.expect({chunk("Sí."), finish("stop"), done(), stall()});
  start();
  hear("Hola");
  wait_for("end 1");
}

TEST_P(LlmDialogWithTools, TheReplyGoesOnInTheSameTurnWhenEveryCallHasItsResult) {
  server.expect({chunk("Déjeme ver. "), tool_call(0, "c1", "citas", "{\"d\":1}"),
                 tool_call(1, "c2", "hora", "{}"), finish("tool_calls"), done()});
  server.expect({chunk("Tiene una."), finish("stop"), done()});
  start();
  hear("¿Tengo citas?");
  EXPECT_EQ(server.wait_for_request().json().string("tool_choice"), "required");
  const auto first = wait_for_message("dialog-tool-call");
  EXPECT_EQ(number_of(first, "turn"), 1u);
  EXPECT_EQ(text_of(first, "id"), "c1");
  EXPECT_EQ(text_of(first, "name"), "citas");
  EXPECT_EQ(text_of(first, "arguments"), "{\"d\":1}");
  EXPECT_EQ(text_of(wait_for_message("dialog-tool-call"), "id"), "c2");
  answer_tool("c2", "9:00");
  answer_tool("c9", "of nobody");
  settle();
  EXPECT_EQ(server.requests(), 1u);
  answer_tool("c1", "una");
  const auto request = server.wait_for_request();
  EXPECT_EQ(request.messages(),
            (Lines{"user: ¿Tengo citas?", "assistant: Déjeme ver.", "tool: 9:00", "tool: una"}));
  EXPECT_EQ(request.json().string("tool_choice"), "auto");
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Déjeme ver.", "1.1 Tiene una.", "end 1"}));
  const auto reply = wait_for_message("dialog-reply");
  EXPECT_EQ(text_of(reply, "text"), "Déjeme ver. Tiene una.");
  EXPECT_EQ(number_of(reply, "completion-tokens"), 14u);
}

TEST_P(LlmDialogWithTools, AMessageHandlerMayAnswerAtOnce) {
  on_message([this](const GstStructure& fields) {
    if (gst_structure_has_name(&fields, "dialog-tool-call"))
      answer_tool(gst_structure_get_string(&fields, "id"), "ok");
  });
  server.expect({tool_call(0, "c1", "citas", "{}"), tool_call(1, "c2", "hora", "{}"),
                 finish("tool_calls"), done()});
  server.expect({chunk("Ya."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Ya.", "end 1"}));
}

TEST_P(LlmDialogWithTools, ACallNobodyAnswersIsAnsweredForThem) {
  set("tool-timeout", 30u);
  server.expect({tool_call(0, "c1", "citas", "{}"), finish("tool_calls"), done()});
  server.expect({chunk("No lo sé."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().messages().back(), "tool: no answer");
  wait_for("end 1");
}

TEST_P(LlmDialogWithTools, AnInterruptionLeavesNoCallWithoutAResult) {
  server.expect({tool_call(0, "c1", "citas", "{}"), finish("tool_calls"), done()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)wait_for_message("dialog-tool-call");
  interrupt("");
  hear("Espere");
  (void)server.wait_for_request();
  EXPECT_EQ(
      server.wait_for_request().messages(),
      (Lines{"user: Hola", "assistant: ", "tool: cancelled: the caller spoke", "user: Espere"}));
  wait_for("end 2");
}

TEST_P(LlmDialogWithTools, AResultAfterAnInterruptionIsKeptForTheNextQuestion) {
  server.expect({tool_call(0, "c1", "citas", "{}"), finish("tool_calls"), done()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)wait_for_message("dialog-tool-call");
  interrupt("");
  answer_tool("c1", "tarde");
  hear("Espere");
  (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"user: Hola", "assistant: ", "tool: tarde", "user: Espere"}));
  wait_for("end 2");
}

TEST_P(LlmDialogWithTools, CallsWithoutIdsOrWithTheSameOnesAreToldApart) {
  on_message([this](const GstStructure& fields) {
    if (gst_structure_has_name(&fields, "dialog-tool-call"))
      answer_tool(gst_structure_get_string(&fields, "id"),
                  gst_structure_get_string(&fields, "arguments"));
  });
  server.expect({tool_call(0, "", "citas", "1"), tool_call(1, "", "citas", "2"),
                 finish("tool_calls"), done()});
  server.expect({tool_call(0, "c", "citas", "3"), finish("tool_calls"), done()});
  server.expect({tool_call(0, "c", "citas", "4"), finish("tool_calls"), done()});
  server.expect({chunk("Ya."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  std::set<std::string> ids;
  const auto document = json::parse(history());
  for (const auto& message : document->array().objects())
    for (const auto& call : message.objects("tool_calls")) ids.insert(*call.string("id"));
  EXPECT_EQ(ids.size(), 4u) << history();
  for (int i = 0; i < 3; ++i) (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"user: Hola", "assistant: ", "tool: 1", "tool: 2", "assistant: ", "tool: 3",
                   "assistant: ", "tool: 4"}));
}

TEST_P(LlmDialogWithTools, AModelThatOnlyCallsToolsIsToldToAnswer) {
  on_message([this](const GstStructure& fields) {
    if (gst_structure_has_name(&fields, "dialog-tool-call"))
      answer_tool(gst_structure_get_string(&fields, "id"), "ok");
  });
  for (int i = 0; i < 7; ++i)
    server.expect({tool_call(0, ("c" + std::to_string(i)).c_str(), "citas", "{}"),
                   finish("tool_calls"), done()});
  server.expect({chunk("Ya."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  for (int i = 0; i < 7; ++i) (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().json().string("tool_choice"), "none");
}

TEST_P(LlmDialogWithTools, ToolsThatAreNotValidAreNotTakenAndWarnedOf) {
  set("tools", "[{\"type\":\"web\"}]");
  EXPECT_TRUE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_WARNING)));
  char* tools = nullptr;
  g_object_get(element.get(), "tools", &tools, nullptr);
  EXPECT_NE(std::string(OwnedString(tools).get()).find("citas"), std::string::npos);
}

}  // namespace centralita::testing
