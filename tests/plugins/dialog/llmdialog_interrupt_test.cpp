// What llmdialog does when it is interrupted, cancelled, stopped.
#include "tests/plugins/dialog/dialog_fixture.h"

namespace centralita::testing {

using Lines = std::vector<std::string>;
struct LlmDialogInterrupted : DialogTest {
  // A reply of which two clauses have gone out and the third is being written.
  void in_mid_reply() {
    server.expect({chunk("Buenos días. Le atiende Ana. En qué"), wait()});
    start();
    hear("Hola");
    wait_for("1.1 Le atiende Ana.");
    (void)server.wait_for_request();
  }
  Lines ask_again() {
    server.expect({chunk("Sí."), finish("stop"), done()});
    hear("Una cita");
    const auto messages = server.wait_for_request().messages();
    wait_for("end 2");
    return messages;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, LlmDialogInterrupted, ::testing::Values(Mode::kInline, Mode::kTask),
                         [](const auto& info) {
                           return info.param == Mode::kInline ? "Inline" : "Task";
                         });

TEST_P(LlmDialogInterrupted, TheConnectionIsClosedAndTheModelIsToldWhatWasHeard) {
  in_mid_reply();
  interrupt("Buenos días. Le");
  EXPECT_TRUE(server.wait_for_hang_up());
  wait_for("flush");
  EXPECT_EQ(number_of(wait_for_message("dialog-cancelled"), "turn"), 1u);
  EXPECT_EQ(ask_again(), (Lines{"user: Hola", "assistant: Buenos días. Le", "user: Una cita"}));
  EXPECT_EQ(timeline(),
            (Timeline{"1.0 Buenos días.", "1.1 Le atiende Ana.", "flush", "2.0 Sí.", "end 2"}));
}

TEST_P(LlmDialogInterrupted, WithoutWordsWhatWasSentIsKept) {
  in_mid_reply();
  interrupt(nullptr);
  EXPECT_EQ(ask_again(),
            (Lines{"user: Hola", "assistant: Buenos días. Le atiende Ana.", "user: Una cita"}));
}

TEST_P(LlmDialogInterrupted, WithNothingHeardTheReplyIsGone) {
  in_mid_reply();
  interrupt("");
  EXPECT_EQ(ask_again(), (Lines{"user: Hola Una cita"}));
}

TEST_P(LlmDialogInterrupted, AReplyThatIsWholeButStillPlayingIsCutToo) {
  server.expect({chunk("Buenos días. Le atiende Ana."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 1");
  (void)server.wait_for_request();
  interrupt("Buenos");
  wait_for("flush");
  EXPECT_EQ(ask_again(), (Lines{"user: Hola", "assistant: Buenos", "user: Una cita"}));
}

TEST_P(LlmDialogInterrupted, BeforeAReplyHasSentAnythingTheWordsHeardAreThePreviousOnes) {
  set("first-message", "Hola, soy Ana.");
  server.expect({wait()});
  start();
  wait_for("end 1");
  hear("Sí");
  (void)server.wait_for_request();
  interrupt("Hola, soy");
  EXPECT_EQ(history(),
            R"([{"role":"assistant","content":"Hola, soy"},{"role":"user","content":"Sí"}])");
}

TEST_P(LlmDialogInterrupted, NothingHeardOfAReplyThatSentNothingLeavesThePreviousOneAlone) {
  set("first-message", "Hola, soy Ana.");
  server.expect({wait()});
  start();
  wait_for("end 1");
  hear("Sí");
  (void)server.wait_for_request();
  interrupt("");
  EXPECT_EQ(history(),
            R"([{"role":"assistant","content":"Hola, soy Ana."},{"role":"user","content":"Sí"}])");
}

TEST_P(LlmDialogInterrupted, WordsInLineAreAnsweredAfterTheInterruption) {
  set("barge-in", FALSE);
  in_mid_reply();
  server.expect({chunk("Sí."), finish("stop"), done()});
  hear("Espere");
  settle();  // turns are numbered as they come to the I/O thread
  (void)say("¿Sigue ahí?");
  interrupt("Buenos días.");
  EXPECT_EQ(server.wait_for_request().messages(),
            (Lines{"user: Hola", "assistant: Buenos días.", "user: Espere"}));
  wait_for("end 2");
  EXPECT_EQ(number_of(wait_for_message("dialog-cancelled"), "turn"), 1u);
  EXPECT_EQ(number_of(wait_for_message("dialog-cancelled"), "turn"), 3u);
}

TEST_P(LlmDialogInterrupted, CancelLeavesWhatWasSentPlayingAndEndsTheReply) {
  in_mid_reply();
  cancel();
  wait_for("end 1");
  EXPECT_TRUE(server.wait_for_hang_up());
  EXPECT_EQ(timeline(), (Timeline{"1.0 Buenos días.", "1.1 Le atiende Ana.", "end 1"}));
}

TEST_P(LlmDialogInterrupted, CancelKeepsTheWordsInLineAndAnswersNothing) {
  set("barge-in", FALSE);
  in_mid_reply();
  hear("Espere");
  cancel();
  wait_for("end 1");
  EXPECT_NE(history().find(R"({"role":"user","content":"Espere"})"), std::string::npos);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(LlmDialogInterrupted, InterruptingWithNothingUnderWayOnlyFlushes) {
  start();
  interrupt("nada");
  cancel();
  wait_for("flush");
  EXPECT_EQ(history(), "[]");
  EXPECT_FALSE(Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT)));
}

TEST_P(LlmDialogInterrupted, AMessageHandlerMayInterruptInTheMiddleOfItsReply) {
  on_message([this](const GstStructure& fields) {
    if (gst_structure_has_name(&fields, "dialog-clause"))
      interrupt("Uno");
  });
  server.expect({chunk("Uno. Dos. Tres. Cuatro."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)wait_for_message("dialog-cancelled");
  EXPECT_EQ(history(),
            R"([{"role":"user","content":"Hola"},{"role":"assistant","content":"Uno"}])");
  EXPECT_EQ(timeline().back(), "flush");
}

TEST_P(LlmDialogInterrupted, AMessageHandlerMaySayTheNextThingAtTheEndOfAReply) {
  on_message([this](const GstStructure& fields) {
    guint turn = 0;
    if (gst_structure_has_name(&fields, "dialog-reply") &&
        gst_structure_get_uint(&fields, "turn", &turn) && turn == 1)
      (void)say("Y adiós.");
  });
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  wait_for("end 2");
  EXPECT_EQ(timeline(), (Timeline{"1.0 Sí.", "end 1", "2.0 Y adiós.", "end 2"}));
}

TEST_P(LlmDialogInterrupted, NullInMidRequestClosesTheConnectionAndSaysNothing) {
  in_mid_reply();
  to_null();
  EXPECT_TRUE(server.wait_for_hang_up());
  EXPECT_EQ(timeline(), (Timeline{"1.0 Buenos días.", "1.1 Le atiende Ana."}));
  while (const auto message =
             Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT)))
    EXPECT_FALSE(gst_message_has_name(message.get(), "dialog-failed"));
}

TEST_P(LlmDialogInterrupted, NullBeforeTheAnswerAndPlayingAgainIsAFreshCall) {
  server.expect({wait()});
  server.expect({chunk("Sí."), finish("stop"), done()});
  start();
  hear("Hola");
  (void)server.wait_for_request();
  to_null();
  EXPECT_TRUE(server.wait_for_hang_up());
  gst_element_set_state(element.get(), GST_STATE_PLAYING);
  g_signal_emit_by_name(element.get(), "respond", "Otra");
  EXPECT_EQ(server.wait_for_request().messages(), (Lines{"user: Otra"}));
  wait_for("end 1");
}

}  // namespace centralita::testing
