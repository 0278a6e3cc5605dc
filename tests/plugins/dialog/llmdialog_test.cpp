// What llmdialog does when all goes well: replies, the caller's words, what the application says.
#include "tests/plugins/dialog/dialog_fixture.h"
#include "tests/support/controlled.h"

namespace centralita::testing {

using Lines = std::vector<std::string>;
struct LlmDialog : DialogTest {};
INSTANTIATE_TEST_SUITE_P(Modes, LlmDialog, ::testing::Values(Mode::kInline, Mode::kTask),
                         [](const auto& info) {
                           return info.param == Mode::kInline ? "Inline" : "Task";
                         });

TEST_P(LlmDialog, ClausesLeaveInOrderWithTheirTagsAndThenTheReplysEnd) {
  server.expect({chunk("**Hol"), chunk("a.** ¿En qué pue"), chunk("do ayudarle? Díg"),
                 chunk("ame."), finish("stop"), done()});
  start();
  hear("Buenas tardes");
  wait_for("end 1");
  EXPECT_EQ(timeline(),
            (Timeline{"1.0 Hola.", "1.1 ¿En qué puedo ayudarle?", "1.2 Dígame.", "end 1"}));

  EXPECT_EQ(number_of(wait_for_message("dialog-started"), "turn"), 1u);
  EXPECT_EQ(number_of(wait_for_message("dialog-first-token"), "turn"), 1u);
  const auto clause = wait_for_message("dialog-clause");
  EXPECT_EQ(number_of(clause, "clause"), 0u);
  EXPECT_EQ(text_of(clause, "text"), "Hola.");
  const auto reply = wait_for_message("dialog-reply");
  EXPECT_EQ(text_of(reply, "text"), "Hola. ¿En qué puedo ayudarle? Dígame.");
  EXPECT_EQ(text_of(reply, "finish-reason"), "stop");
  EXPECT_EQ(number_of(reply, "prompt-tokens"), 11u);
  EXPECT_EQ(number_of(reply, "completion-tokens"), 7u);
}

TEST_P(LlmDialog, AClauseLeavesWhileTheModelIsStillWriting) {
  server.expect({chunk("Claro que sí, y"), wait(), chunk("a."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("1.0 Claro que sí,");
  server.go();
  wait_for("end 1");
}

TEST_P(LlmDialog, TheRequestIsWhatTheSettingsSay) {
  set("instructions", "Sé breve.");
  set("temperature", 0.0);
  set("max-tokens", 50u);
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear(" Hola \n");
  const auto request = server.wait_for_request();
  EXPECT_EQ(request.path, "/v1/chat/completions");
  EXPECT_EQ(request.authorization, "Bearer secret");
  EXPECT_EQ(request.messages(), (Lines{"system: Sé breve.", "user: Hola"}));
  EXPECT_EQ(request.json().string("model"), "openai/gpt-oss-120b");
  EXPECT_EQ(request.json().number("temperature"), 0.0);
  EXPECT_EQ(request.json().integer("max_completion_tokens"), 50);
  wait_for("end 1");
}

TEST_P(LlmDialog, AControlledTemperatureIsThatOfTheQuestionsTime) {
  test::control(element.get(), "temperature", {{0, 0.25}, {GST_SECOND, 0.75}});
  for (int i = 0; i < 2; ++i) server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Uno", 0);
  EXPECT_EQ(server.wait_for_request().json().number("temperature"), 0.25);
  wait_for("end 1");
  hear("Dos", GST_SECOND);
  EXPECT_EQ(server.wait_for_request().json().number("temperature"), 0.75);
  wait_for("end 2");
}

TEST_P(LlmDialog, TheWindowKeepsTheInstructionsAndTheLastMessages) {
  set("instructions", "Sé breve.");
  set("context-window", 2u);
  set_history(R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},)"
              R"({"role":"user","content":"c"},{"role":"assistant","content":"d"}])");
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("e");
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"system: Sé breve.", "assistant: d", "user: e"}));
  wait_for("end 1");
}

TEST_P(LlmDialog, AServerThatDoesNotStreamIsUnderstood) {
  server.expect({status(200, R"({"choices":[{"message":{"content":"Sí. Hoy."},)"
                             R"("finish_reason":"stop"}]})")});
  start();
  hear("Hola");
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Sí.", "1.1 Hoy.", "end 1"}));
}

TEST_P(LlmDialog, WhatAServerRefusesIsLeftOutAtOnceAndInTheNextRequests) {
  server.expect({status(400, R"({"error":{"message":"unknown parameter: stream_options"}})")});
  server.expect({status(400, R"({"error":{"message":"max_completion_tokens is unknown"}})")});
  server.expect({chunk("Sí."), finish("stop"), done()});
  server.expect({chunk("No."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  hear("¿Y hoy?");
  wait_for("end 2");
  for (int i = 0; i < 3; ++i) (void)server.wait_for_request();
  const auto request = server.wait_for_request().json();
  EXPECT_FALSE(request.has("stream_options"));
  EXPECT_EQ(request.integer("max_tokens"), 600);
  EXPECT_EQ(server.requests(), 4u);
}

TEST_P(LlmDialog, ThoughtsInTheTextAreNotSaidHoweverTheyAreCut) {
  server.expect({chunk("<th"), chunk("ink>Quiere"), chunk(" una cita.</thi"), chunk("nk>\n\nCla"),
                 chunk("ro."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Claro.", "end 1"}));
  EXPECT_EQ(history(), R"([{"role":"user","content":"Hola"},)"
                       R"({"role":"assistant","content":"Claro."}])");
}

TEST_P(LlmDialog, VariablesAreFilledInAndMayChangeInMidCall) {
  set("instructions", "Atiende a {{nombre}}. {{falta}}");
  set("first-message", "Hola, {{nombre}}.");
  set("variables", R"({"nombre":"Ana"})");
  server.expect({chunk("Sí."), finish("stop"), done()});
  server.expect({chunk("No."), finish("stop"), done()});
  start();
  wait_for("1.0 Hola, Ana.");
  hear("Hola");
  EXPECT_EQ(server.wait_for_request().messages().front(), "system: Atiende a Ana. ");
  EXPECT_EQ(text_of(wait_for_message("variable-unknown"), "name"), "falta");
  wait_for("end 2");
  set("variables", R"({"nombre":"Luis","falta":"Sé breve."})");
  hear("¿Y hoy?");
  EXPECT_EQ(server.wait_for_request().messages().front(), "system: Atiende a Luis. Sé breve.");
  wait_for("end 3");
}

TEST_P(LlmDialog, VariablesThatAreNotValidAreNotTakenAndWarnedOf) {
  set("variables", R"({"nombre":"Ana"})");
  set("variables", R"({"nombre":["Ana"]})");
  EXPECT_TRUE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_WARNING)));
  char* variables = nullptr;
  g_object_get(element.get(), "variables", &variables, nullptr);
  EXPECT_STREQ(OwnedString(variables).get(), R"({"nombre":"Ana"})");
}

TEST_P(LlmDialog, TheContextIsLimitedByTokensAndTheInstructionsStay) {
  set("instructions", "Sé muy, muy breve.");
  set("context-tokens", 20u);
  set_history(R"([{"role":"user","content":"Una pregunta larga de antes"},)"
              R"({"role":"assistant","content":"Y una respuesta larga"}])");
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("¿Y hoy?");
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"system: Sé muy, muy breve.", "user: ¿Y hoy?"}));
  wait_for("end 1");
}

TEST_P(LlmDialog, AnEmptyReplyEndsLikeAnyOther) {
  server.expect({finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  EXPECT_EQ(timeline(), Timeline{"end 1"});
  EXPECT_EQ(text_of(wait_for_message("dialog-reply"), "text"), "");
  EXPECT_EQ(history(), R"([{"role":"user","content":"Hola"}])");
}

TEST_P(LlmDialog, BlankTextIsNotAnswered) {
  start();
  hear(" \n");
  settle();
  EXPECT_EQ(server.requests(), 0u);
}

TEST_P(LlmDialog, TheFirstMessageIsTurnOneAndInTheHistory) {
  set("first-message", "Hola, soy Ana. ¿En qué le ayudo?");
  server.expect({chunk("Claro."), finish("stop"), done()});
  start();
  wait_for("end 1");
  hear("Una cita");
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"assistant: Hola, soy Ana. ¿En qué le ayudo?", "user: Una cita"}));
  wait_for("end 2");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Hola, soy Ana.", "1.1 ¿En qué le ayudo?", "end 1",
                                  "2.0 Claro.", "end 2"}));
  EXPECT_EQ(text_of(wait_for_message("dialog-reply"), "finish-reason"), "said");
}

TEST_P(LlmDialog, WhatTheApplicationSaysWaitsForTheReplyUnderWay) {
  server.expect({chunk("Uno dos. T"), wait(), chunk("res."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)server.wait_for_request();
  EXPECT_EQ(say("¿Sigue ahí?"), 2u);
  server.go();
  wait_for("end 2");
  EXPECT_EQ(timeline(),
            (Timeline{"1.0 Uno dos.", "1.1 Tres.", "end 1", "2.0 ¿Sigue ahí?", "end 2"}));
}

TEST_P(LlmDialog, SayIsNothingBelowPaused) { EXPECT_EQ(say("Hola"), 0u); }

TEST_P(LlmDialog, WordsDuringAReplyCancelItAndBothAreAnswered) {
  server.expect({wait()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Quiero");
  (void)server.wait_for_request();
  hear("una cita");
  EXPECT_EQ(number_of(wait_for_message("dialog-cancelled"), "turn"), 1u);
  EXPECT_EQ(server.wait_for_request().messages(), (Lines{"user: Quiero una cita"}));
  wait_for("end 2");
  EXPECT_TRUE(server.wait_for_hang_up());
  EXPECT_EQ(timeline(), (Timeline{"2.0 Sí.", "end 2"}));
}

TEST_P(LlmDialog, WithoutBargeInWordsDuringAReplyWaitAndAreAnsweredTogether) {
  set("barge-in", FALSE);
  server.expect({chunk("Uno dos. T"), wait(), chunk("res."), finish("stop"), done()});
  server.expect({chunk("Ya."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("1.0 Uno dos.");
  speech(SpeechEdge::kStart);
  hear("una");
  hear("cita");
  settle();
  server.go();
  wait_for("end 2");
  (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"user: Hola", "assistant: Uno dos. Tres.", "user: una cita"}));
  EXPECT_EQ(timeline(),
            (Timeline{"1.0 Uno dos.", "speech-start", "1.1 Tres.", "end 1", "2.0 Ya.", "end 2"}));
}

TEST_P(LlmDialog, TheCallersSpeechEndsTheReplyAndFlushesBeforeItsOwnEvent) {
  server.expect({chunk("Uno dos. T"), wait()});
  start();
  hear("Hola");
  wait_for("1.0 Uno dos.");
  speech(SpeechEdge::kStart);
  wait_for("speech-start");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Uno dos.", "flush", "speech-start"}));
  EXPECT_EQ(number_of(wait_for_message("dialog-cancelled"), "turn"), 1u);
  EXPECT_TRUE(server.wait_for_hang_up());
  EXPECT_NE(history().find("Uno dos."), std::string::npos);
}

TEST_P(LlmDialog, TheCallersSpeechFlushesAReplyThatMayStillBePlayingOnce) {
  set("first-message", "Hola.");
  start();
  wait_for("end 1");
  speech(SpeechEdge::kStart);
  speech(SpeechEdge::kEnd);
  speech(SpeechEdge::kStart);
  wait_for("speech-end");
  settle();
  send(Ref<GstEvent>::adopt(gst_event_new_eos()));
  wait_for("eos");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Hola.", "end 1", "flush", "speech-start", "speech-end",
                                  "speech-start", "eos"}));
}

TEST_P(LlmDialog, AQuestionWhoseReplyANoiseCancelledIsAnsweredAfterAll) {
  server.expect({wait()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("¿Abren hoy?");
  (void)server.wait_for_request();
  speech(SpeechEdge::kStart);
  speech(SpeechEdge::kEnd);
  send(Ref<GstEvent>::adopt(gst_event_new_custom(
      GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty("rstranscribe/final-transcript"))));
  EXPECT_EQ(server.wait_for_request().messages(), (Lines{"user: ¿Abren hoy?"}));
  wait_for("end 2");
}

TEST_P(LlmDialog, EosWaitsForTheReplyUnderWayAndWhatIsInLine) {
  server.expect({chunk("Uno dos. T"), wait(), chunk("res."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)server.wait_for_request();
  (void)say("Adiós.");
  send(Ref<GstEvent>::adopt(gst_event_new_eos()));
  settle();
  server.go();
  wait_for("eos");
  EXPECT_EQ(timeline(),
            (Timeline{"1.0 Uno dos.", "1.1 Tres.", "end 1", "2.0 Adiós.", "end 2", "eos"}));
}

TEST_P(LlmDialog, AFlushFromUpstreamEndsTheReplyAndTakesBackTheEos) {
  server.expect({chunk("Uno dos. T"), wait()});
  server.expect({chunk("Ya."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("1.0 Uno dos.");
  send(Ref<GstEvent>::adopt(gst_event_new_eos()));
  send(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  send(Ref<GstEvent>::adopt(gst_event_new_flush_stop(TRUE)));
  wait_for("flush");
  gst_harness_set_src_caps_str(harness, "text/x-raw,format=utf8");
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  send(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  hear("otra vez");
  wait_for("end 2");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Uno dos.", "flush", "2.0 Ya.", "end 2"}));
}

TEST_P(LlmDialog, RespondIsLikeABuffer) {
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  g_signal_emit_by_name(element.get(), "respond", "Hola");
  wait_for("end 1");
  EXPECT_EQ(server.wait_for_request().messages(), (Lines{"user: Hola"}));
}

TEST_P(LlmDialog, TheHistoryCanBeReadAfterTheCallAndTheNextOneBeginsWithNone) {
  set("first-message", "Hola.");
  start();
  wait_for("end 1");
  to_null();
  EXPECT_EQ(history(), R"([{"role":"assistant","content":"Hola."}])");
  gst_element_set_state(element.get(), GST_STATE_PLAYING);
  settle();
  EXPECT_EQ(history(), R"([{"role":"assistant","content":"Hola."}])");
}

TEST_P(LlmDialog, AHistoryThatIsNotValidIsNotTakenAndWarnedOf) {
  set_history(R"([{"role":"user","content":"a"}])");
  set_history(R"([{"role":"boss","content":"b"}])");
  EXPECT_EQ(history(), R"([{"role":"user","content":"a"}])");
  EXPECT_TRUE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_WARNING)));
}

TEST_P(LlmDialog, TheApiKeyCannotBeRead) {
  auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), "api-key");
  ASSERT_NE(spec, nullptr);
  EXPECT_FALSE(spec->flags & G_PARAM_READABLE);
}

TEST_P(LlmDialog, ARetiredModelIsReplacedWithAWarningOnce) {
  set("model", "llama-3.3-70b-versatile");
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  const auto retired = wait_for_message("model-retired");
  EXPECT_EQ(text_of(retired, "model"), "llama-3.3-70b-versatile");
  EXPECT_EQ(text_of(retired, "replacement"), "openai/gpt-oss-120b");
  const auto warning = Ref<GstMessage>::adopt(
      gst_bus_timed_pop_filtered(bus.get(), 10 * GST_SECOND, GST_MESSAGE_WARNING));
  GError* error = nullptr;
  gst_message_parse_warning(warning.get(), &error, nullptr);
  const OwnedError owned(error);
  EXPECT_NE(std::string(error->message).find("llama-3.3-70b-versatile"), std::string::npos);
  hear("Hola");
  EXPECT_EQ(server.wait_for_request().json().string("model"), "openai/gpt-oss-120b");
  wait_for("end 1");
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_WARNING)));
}

}  // namespace centralita::testing
