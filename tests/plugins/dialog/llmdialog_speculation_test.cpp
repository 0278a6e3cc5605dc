// What llmdialog does with words that may not be all of what the caller says.
#include "tests/plugins/dialog/dialog_fixture.h"

namespace centralita::testing {

using Lines = std::vector<std::string>;
struct LlmDialogSpeculating : DialogTest {
  std::uint32_t speculate(const char* text) {
    guint turn = 0;
    g_signal_emit_by_name(element.get(), "respond-speculatively", text, &turn);
    return turn;
  }
  bool confirm(std::uint32_t turn) { return decide("confirm", turn); }
  bool withdraw(std::uint32_t turn) { return decide("withdraw", turn); }
  bool decide(const char* signal, std::uint32_t turn) {
    gboolean done = FALSE;
    g_signal_emit_by_name(element.get(), signal, turn, &done);
    return done;
  }
  std::vector<std::uint64_t> counts() {
    std::vector<std::uint64_t> counts;
    for (const char* name : {"speculations", "speculations-confirmed", "speculations-wasted"}) {
      guint64 count = 0;
      g_object_get(element.get(), name, &count, nullptr);
      counts.push_back(count);
    }
    return counts;
  }
  void wait_until_wasted(std::uint64_t requests) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (counts()[2] < requests && std::chrono::steady_clock::now() < patience)
      std::this_thread::yield();
    EXPECT_EQ(counts()[2], requests);
  }
  using Counts = std::vector<std::uint64_t>;

  static constexpr char kQuestion[] = R"([{"role":"user","content":"¿Abren hoy?"},)";
};
INSTANTIATE_TEST_SUITE_P(Modes, LlmDialogSpeculating, ::testing::Values(Mode::kInline, Mode::kTask),
                         [](const auto& info) {
                           return info.param == Mode::kInline ? "Inline" : "Task";
                         });

TEST_P(LlmDialogSpeculating, ClausesGoAheadTaggedProvisionalAndTheHistoryWaits) {
  server.expect(
      {chunk("Sí, abrimos hoy. Hasta las"), wait(), chunk(" seis."), finish("stop"), done()});
  start();
  EXPECT_EQ(speculate("¿Abren hoy?"), 1u);
  EXPECT_EQ(server.wait_for_request().messages(), Lines{"user: ¿Abren hoy?"});
  wait_for("1.0? Sí, abrimos hoy.");
  EXPECT_EQ(history(), "[]");

  EXPECT_TRUE(confirm(1));
  EXPECT_EQ(history(),
            std::string(kQuestion) + R"({"role":"assistant","content":"Sí, abrimos hoy."}])");
  server.go();
  wait_for("end 1");
  EXPECT_EQ(timeline(),
            (Timeline{"1.0? Sí, abrimos hoy.", "confirmed 1", "1.1 Hasta las seis.", "end 1"}));
  const auto reply = wait_for_message("dialog-reply");
  EXPECT_EQ(text_of(reply, "text"), "Sí, abrimos hoy. Hasta las seis.");
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(counts(), (Counts{1, 1, 0}));
}

TEST_P(LlmDialogSpeculating, AReplyThatIsWholeBeforeItIsConfirmedIsReportedThen) {
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  (void)speculate("¿Abren hoy?");
  wait_for("end 1");
  settle();
  EXPECT_EQ(number_of(wait_for_message("dialog-clause"), "turn"), 1u);
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT)));
  EXPECT_TRUE(confirm(1));
  EXPECT_EQ(number_of(wait_for_message("dialog-confirmed"), "turn"), 1u);
  EXPECT_EQ(text_of(wait_for_message("dialog-reply"), "text"), "Sí.");
  EXPECT_EQ(timeline(), (Timeline{"1.0? Sí.", "end 1", "confirmed 1"}));
  EXPECT_FALSE(confirm(1)) << "twice";
}

TEST_P(LlmDialogSpeculating, TheVerySameWordsConfirm) {
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  (void)speculate("¿Abren hoy? ");
  hear(" ¿Abren hoy?");
  (void)wait_for_message("dialog-confirmed");
  (void)wait_for_message("dialog-reply");
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(history(), std::string(kQuestion) + R"({"role":"assistant","content":"Sí."}])");
}

TEST_P(LlmDialogSpeculating, OtherWordsTakeItsPlaceAndItLeavesNothing) {
  server.expect({chunk("Sí. Hasta"), wait()});
  server.expect({chunk("Mañana no."), finish("stop"), done()});
  start();
  (void)speculate("¿Abren hoy?");
  wait_for("1.0? Sí.");
  hear("¿Abren hoy o mañana?");
  EXPECT_EQ(number_of(wait_for_message("dialog-withdrawn"), "turn"), 1u);
  EXPECT_TRUE(server.wait_for_hang_up());
  wait_for("end 2");
  (void)server.wait_for_request();
  EXPECT_EQ(server.wait_for_request().messages(), Lines{"user: ¿Abren hoy o mañana?"});
  EXPECT_EQ(timeline(), (Timeline{"1.0? Sí.", "flush", "2.0 Mañana no.", "end 2"}));
  EXPECT_EQ(counts(), (Counts{1, 0, 1}));
}

TEST_P(LlmDialogSpeculating, WithdrawnBeforeItSaidAnythingNothingIsFlushed) {
  server.expect({wait()});
  start();
  (void)speculate("¿Abren hoy?");
  (void)server.wait_for_request();
  EXPECT_FALSE(withdraw(7)) << "another turn";
  EXPECT_TRUE(withdraw(1));
  EXPECT_FALSE(withdraw(1)) << "twice";
  EXPECT_FALSE(confirm(1)) << "too late";
  EXPECT_TRUE(server.wait_for_hang_up());
  EXPECT_EQ(history(), "[]");
  EXPECT_TRUE(timeline().empty());
}

TEST_P(LlmDialogSpeculating, ManyInARowEachReplaceTheOneBefore) {
  for (int i = 0; i < 3; ++i) server.expect({wait()});
  server.expect({chunk("Claro."), finish("stop"), done()});
  start();
  std::string words = "uno";
  for (std::uint32_t turn = 1; turn <= 3; ++turn, words += " y más") {
    EXPECT_EQ(speculate(words.c_str()), turn);
    (void)server.wait_for_request();
  }
  EXPECT_EQ(speculate(words.c_str()), 4u);
  EXPECT_EQ(speculate(words.c_str()), 4u) << "the same words are the same turn";
  wait_for("end 4");
  EXPECT_TRUE(confirm(4));
  for (std::uint32_t turn = 1; turn <= 3; ++turn)
    EXPECT_EQ(number_of(wait_for_message("dialog-withdrawn"), "turn"), turn);
  EXPECT_EQ(counts(), (Counts{4, 1, 3}));
  EXPECT_EQ(history(), R"([{"role":"user","content":"uno y más y más y más"},)"
                       R"({"role":"assistant","content":"Claro."}])");
}

TEST_P(LlmDialogSpeculating, ToolsAreCalledOnlyWhenItIsConfirmed) {
  set("tools", R"([{"type":"function","function":{"name":"citas"}}])");
  server.expect(
      {chunk("Déjeme ver."), tool_call(0, "c1", "citas", "{}"), finish("tool_calls"), done()});
  server.expect({chunk("Hay una."), finish("stop"), done()});
  bool called = false;
  on_message([&](const GstStructure& fields) {
    if (gst_structure_has_name(&fields, "dialog-tool-call"))
      called = true;
  });
  start();
  (void)speculate("¿Hay cita?");
  wait_for("1.0? Déjeme ver.");
  settle();
  EXPECT_FALSE(called);
  EXPECT_TRUE(confirm(1));
  (void)wait_for_message("dialog-tool-call");
  answer_tool("c1", "una");
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"1.0? Déjeme ver.", "confirmed 1", "1.1 Hay una.", "end 1"}));
}

TEST_P(LlmDialogSpeculating, AFailureIsNobodysBusinessAndAskedAgainWhenConfirmed) {
  for (int tries = 0; tries < 2; ++tries) server.expect({status(503, "{}")});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  (void)speculate("¿Abren hoy?");
  wait_until_wasted(2);
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_WARNING)));
  EXPECT_TRUE(confirm(1));
  wait_for("end 1");
  EXPECT_EQ(timeline(), (Timeline{"confirmed 1", "1.0 Sí.", "end 1"}));
  EXPECT_EQ(counts(), (Counts{1, 1, 2}));
}

TEST_P(LlmDialogSpeculating, WhatCannotSucceedIsReportedWhenConfirmed) {
  set("api-key", nullptr);
  set("base-url", "https://api.groq.com/openai/v1");
  start();
  (void)speculate("¿Abren hoy?");
  settle();
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT)));
  EXPECT_TRUE(confirm(1));
  EXPECT_EQ(wait_for_error().code, ProviderError::Code::kBadKey);
  EXPECT_EQ(history(), R"([{"role":"user","content":"¿Abren hoy?"}])");
}

TEST_P(LlmDialogSpeculating, DuringAReplyItBeginsWhenThatIsDone) {
  server.expect({chunk("Uno dos. T"), wait(), chunk("res."), finish("stop"), done()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("1.0 Uno dos.");
  EXPECT_EQ(speculate("¿Y hoy?"), 2u);
  settle();
  EXPECT_EQ(server.requests(), 1u);
  server.go();
  wait_for("2.0? Sí.");
  EXPECT_TRUE(confirm(2));
  EXPECT_EQ(history(), R"([{"role":"user","content":"Hola"},)"
                       R"({"role":"assistant","content":"Uno dos. Tres."},)"
                       R"({"role":"user","content":"¿Y hoy?"},)"
                       R"({"role":"assistant","content":"Sí."}])");
}

TEST_P(LlmDialogSpeculating, ConfirmedDuringAReplyItIsAnsweredLikeAnyWords) {
  set("barge-in", FALSE);
  server.expect({chunk("Uno dos. T"), wait(), chunk("res."), finish("stop"), done()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("1.0 Uno dos.");
  (void)speculate("¿Y hoy?");
  EXPECT_TRUE(confirm(2));
  server.go();
  wait_for("end 2");
  EXPECT_EQ(timeline(),
            (Timeline{"1.0 Uno dos.", "confirmed 2", "1.1 Tres.", "end 1", "2.0 Sí.", "end 2"}));
}

TEST_P(LlmDialogSpeculating, TheCallersSpeechWithdrawsIt) {
  server.expect({chunk("Sí. Hasta"), wait()});
  start();
  (void)speculate("¿Abren hoy?");
  wait_for("1.0? Sí.");
  speech(SpeechEdge::kStart);
  wait_for("speech-start");
  EXPECT_EQ(timeline(), (Timeline{"1.0? Sí.", "flush", "speech-start"}));
  EXPECT_FALSE(confirm(1));
  EXPECT_EQ(history(), "[]");
}

TEST_P(LlmDialogSpeculating, AnInterruptionCutsThePreviousReplyAndNotIt) {
  set("first-message", "Hola, soy Ana.");
  server.expect({chunk("Sí. Hasta"), wait()});
  start();
  wait_for("end 1");
  (void)speculate("¿Abren hoy?");
  wait_for("2.0? Sí.");
  interrupt("Hola, soy");
  EXPECT_EQ(history(), R"([{"role":"assistant","content":"Hola, soy"}])");
  EXPECT_FALSE(confirm(2));
  EXPECT_EQ(number_of(wait_for_message("dialog-withdrawn"), "turn"), 2u);
}

TEST_P(LlmDialogSpeculating, WhatTheApplicationSaysWaitsForTheDecision) {
  server.expect({wait()});
  start();
  (void)speculate("¿Abren hoy?");
  (void)server.wait_for_request();
  (void)say("¿Sigue ahí?");
  settle();
  EXPECT_TRUE(timeline().empty());
  EXPECT_TRUE(withdraw(1));
  wait_for("end 2");
  EXPECT_EQ(timeline(), (Timeline{"2.0 ¿Sigue ahí?", "end 2"}));
}

TEST_P(LlmDialogSpeculating, EosWithdrawsIt) {
  server.expect({wait()});
  start();
  (void)speculate("¿Abren hoy?");
  (void)server.wait_for_request();
  send(Ref<GstEvent>::adopt(gst_event_new_eos()));
  wait_for("eos");
  EXPECT_EQ(number_of(wait_for_message("dialog-withdrawn"), "turn"), 1u);
}

TEST_P(LlmDialogSpeculating, NullInMidSpeculationClosesTheConnectionAndSaysNothing) {
  server.expect({wait()});
  start();
  (void)speculate("¿Abren hoy?");
  (void)server.wait_for_request();
  to_null();
  EXPECT_TRUE(server.wait_for_hang_up());
  EXPECT_EQ(history(), "[]");
  EXPECT_EQ(speculate("¿Hola?"), 0u);
}

TEST_P(LlmDialogSpeculating, AMessageHandlerMayDecideAtOnce) {
  on_message([this](const GstStructure& fields) {
    if (gst_structure_has_name(&fields, "dialog-clause"))
      (void)confirm(1);
  });
  server.expect({chunk("Uno. Dos. "), finish("stop"), done()});
  start();
  (void)speculate("Hola");
  wait_for("end 1");
  (void)wait_for_message("dialog-reply");
  auto lines = timeline();  // the confirmation overtakes what is queued
  EXPECT_EQ(std::erase(lines, "confirmed 1"), 1u);
  EXPECT_EQ(lines, (Timeline{"1.0? Uno.", "1.1 Dos.", "end 1"}));
}

}  // namespace centralita::testing
