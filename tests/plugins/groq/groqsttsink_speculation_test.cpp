// groqsttsink asking ahead of the end of an utterance, and going back behind it.
#include "tests/plugins/groq/form_parts.h"
#include "tests/plugins/groq/groqsttsink_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;

namespace {

std::string detail(const std::shared_ptr<GstStructure>& message, const char* field) {
  return text_of(message.get(), field);
}

bool flag(const std::shared_ptr<GstStructure>& message, const char* field) {
  gboolean value = FALSE;
  return gst_structure_get_boolean(message.get(), field, &value) && value;
}

struct GroqSttSinkSpeculationTest : GroqSttSinkTest {
  GroqSttSinkSpeculationTest() { set("speculative", TRUE); }

  // 700 ms with speech from 100 to 600, where it pauses.
  void speak_and_pause() {
    start();
    push_audio(700ms);
    speech(SpeechEdge::kStart, 100ms);
    speech(SpeechEdge::kPause, 600ms);
  }
  guint count(const char* property) {
    guint value = 0;
    g_object_get(element(), property, &value, nullptr);
    return value;
  }
  bool merge_next() {
    gboolean merges = FALSE;
    g_signal_emit_by_name(element(), "merge-next", &merges);
    return merges;
  }
  std::vector<std::shared_ptr<GstStructure>> transcripts() { return test.messages("transcript"); }
};

struct GroqSttSinkMergeTest : GroqSttSinkSpeculationTest {};

}  // namespace

TEST_P(GroqSttSinkSpeculationTest, TheAnswerAtThePauseIsTheUtterancesWhenItEndsThere) {
  server.answer(text("Buenos días."));
  speak_and_pause();
  until_messages("transcript", 1);
  EXPECT_FALSE(flag(transcripts()[0], "final"));
  EXPECT_TRUE(flag(transcripts()[0], "speculative"));
  EXPECT_EQ(detail(transcripts()[0], "text"), "Buenos días.");
  EXPECT_TRUE(flag(test.messages("transcription-started").at(0), "speculative"));
  EXPECT_EQ(gst_harness_buffers_in_queue(test.harness()), 0u);

  speech(SpeechEdge::kEnd, 600ms);
  until_messages("transcript", 2);
  EXPECT_TRUE(flag(transcripts()[1], "final"));
  EXPECT_FALSE(flag(transcripts()[1], "speculative"));
  EXPECT_EQ(detail(transcripts()[1], "text"), "Buenos días.");
  EXPECT_EQ(number_of(transcripts()[1].get(), "utterance"), 1u);
  EXPECT_EQ(number_of(transcripts()[1].get(), "wait-ms"), 0u);
  test.until("the text", [&] { return gst_harness_buffers_in_queue(test.harness()) == 1; });
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(test.messages("transcription-started").size(), 1u);
  EXPECT_EQ(count("speculations"), 1u);
  EXPECT_EQ(count("speculations-withdrawn"), 0u);
}

TEST_P(GroqSttSinkSpeculationTest, AnAnswerThatIsUnderWayAtTheEndIsAwaited) {
  server.answer(text("hola", FakeAnswer::End::kHold));
  speak_and_pause();
  until_requests(1);
  speech(SpeechEdge::kEnd, 600ms);
  test.run_for(30ms);
  EXPECT_TRUE(transcripts().empty());
  server.complete(0);
  until_messages("transcript", 1);
  EXPECT_TRUE(flag(transcripts()[0], "final"));
  EXPECT_GT(number_of(transcripts()[0].get(), "wait-ms"), 0u);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(GroqSttSinkSpeculationTest, WhoGoesOnIsSentOnceAsAWhole) {
  server.answer(text("nunca", FakeAnswer::End::kHold));
  server.answer(text("todo"));
  speak_and_pause();
  until_requests(1);
  EXPECT_EQ(milliseconds_of(server.request(0)), 700);
  push_audio(400ms);
  speech(SpeechEdge::kResume, 900ms);
  test.until("the connection to close", [&] { return server.closed(0); });
  push_audio(600ms);
  speech(SpeechEdge::kEnd, 1500ms);
  until_messages("transcript", 1);
  EXPECT_EQ(detail(transcripts()[0], "text"), "todo");
  EXPECT_EQ(number_of(transcripts()[0].get(), "utterance"), 1u);
  EXPECT_EQ(number_of(transcripts()[0].get(), "start"), 100 * GST_MSECOND);
  EXPECT_EQ(server.requests(), 2u);
  EXPECT_EQ(milliseconds_of(server.request(1)), 1700);
  const auto withdrawn = test.messages("transcription-withdrawn");
  ASSERT_EQ(withdrawn.size(), 1u);
  EXPECT_EQ(detail(withdrawn[0], "reason"), "resumed");
  EXPECT_TRUE(flag(withdrawn[0], "speculative"));
  EXPECT_EQ(count("speculations"), 1u);
  EXPECT_EQ(count("speculations-withdrawn"), 1u);
}

TEST_P(GroqSttSinkSpeculationTest, AnEndElsewhereThanThePauseIsAskedAfresh) {
  server.answer(text("corto"));
  server.answer(text("largo"));
  speak_and_pause();
  until_messages("transcript", 1);
  push_audio(300ms);
  speech(SpeechEdge::kEnd, 850ms);
  until_messages("transcript", 2);
  EXPECT_EQ(detail(transcripts()[1], "text"), "largo");
  EXPECT_EQ(detail(test.messages("transcription-withdrawn").at(0), "reason"), "changed");
}

TEST_P(GroqSttSinkSpeculationTest, NoMoreAreMadeThanAllowed) {
  set("max-speculations", 2);
  server.otherwise(text("algo"));
  speak_and_pause();
  until_messages("transcript", 1);
  for (std::size_t pause = 2; pause <= 4; ++pause) {
    push_audio(200ms);
    const std::chrono::milliseconds now(frames * 20);
    speech(SpeechEdge::kResume, now - 100ms);
    speech(SpeechEdge::kPause, now);
    until_messages("transcript", std::min<std::size_t>(pause, 2));
  }
  test.run_for(20ms);
  EXPECT_EQ(server.requests(), 2u);
  speech(SpeechEdge::kEnd, std::chrono::milliseconds(frames * 20));
  until_messages("transcript", 3);
  EXPECT_TRUE(flag(transcripts()[2], "final"));
  EXPECT_EQ(count("speculations"), 2u);
}

TEST_P(GroqSttSinkSpeculationTest, AFailureIsUnheardAndTheEndAsksAgain) {
  server.answer({.status = 400, .content_type = "application/json", .chunks = {"{}"}});
  server.answer(text("al final"));
  speak_and_pause();
  until_messages("transcription-withdrawn", 1);
  EXPECT_EQ(detail(test.messages("transcription-withdrawn")[0], "reason"), "failed");
  speech(SpeechEdge::kEnd, 600ms);
  until_messages("transcript", 1);
  EXPECT_EQ(detail(transcripts()[0], "text"), "al final");
  EXPECT_TRUE(test.provider_errors().empty());
  EXPECT_TRUE(test.messages("transcription-failed").empty());
}

TEST_P(GroqSttSinkSpeculationTest, AServiceThatSaysTooManyIsNotAskedAhead) {
  server.answer({.status = 429, .headers = {{"retry-after", "5"}}});
  server.otherwise(text("al final"));
  speak_and_pause();
  until_messages("transcription-withdrawn", 1);
  push_audio(300ms);
  speech(SpeechEdge::kResume, 800ms);
  speech(SpeechEdge::kPause, 950ms);
  test.run_for(30ms);
  EXPECT_EQ(server.requests(), 1u);
  speech(SpeechEdge::kEnd, 950ms);
  until_messages("transcript", 1);
}

TEST_P(GroqSttSinkSpeculationTest, OffNothingIsSentAtAPause) {
  set("speculative", FALSE);
  server.otherwise(text("hola"));
  speak_and_pause();
  test.run_for(30ms);
  EXPECT_EQ(server.requests(), 0u);
  speech(SpeechEdge::kEnd, 600ms);
  until_messages("transcript", 1);
  EXPECT_EQ(count("speculations"), 0u);
}

TEST_P(GroqSttSinkSpeculationTest, AnAnswerAheadDoesNotOvertakeTheUtteranceBefore) {
  server.answer(text("uno", FakeAnswer::End::kHold));
  server.answer(text("dos"));
  start();
  say();
  until_requests(1);
  push_audio(700ms);
  speech(SpeechEdge::kStart, 800ms);
  speech(SpeechEdge::kPause, 1300ms);
  until_requests(2);
  test.run_for(30ms);
  EXPECT_TRUE(transcripts().empty());
  speech(SpeechEdge::kEnd, 1300ms);
  server.complete(0);
  until_messages("transcript", 2);
  EXPECT_EQ(detail(transcripts()[0], "text"), "uno");
  EXPECT_EQ(detail(transcripts()[1], "text"), "dos");
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(GroqSttSinkSpeculationTest, AFlushAbortsIt) {
  server.answer(text("nunca", FakeAnswer::End::kHold));
  speak_and_pause();
  until_requests(1);
  push_event(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  push_event(Ref<GstEvent>::adopt(gst_event_new_flush_stop(TRUE)));
  test.until("the connection to close", [&] { return server.closed(0); });
  EXPECT_TRUE(transcripts().empty());
}

TEST_P(GroqSttSinkSpeculationTest, EosAtAPauseEndsTheUtterance) {
  server.otherwise(text("fin"));
  speak_and_pause();
  until_messages("transcript", 1);
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  ASSERT_EQ(transcripts().size(), 2u);
  EXPECT_TRUE(flag(transcripts()[1], "final"));
}

TEST_P(GroqSttSinkMergeTest, TwoBecomeOneWhileTheFirstIsUnderWay) {
  server.answer(text("Quería una", FakeAnswer::End::kHold));
  server.answer(text("Quería una cita."));
  start();
  say();
  until_requests(1);
  EXPECT_TRUE(merge_next());
  say();
  until_messages("transcript", 1);
  EXPECT_EQ(detail(transcripts()[0], "text"), "Quería una cita.");
  EXPECT_EQ(number_of(transcripts()[0].get(), "utterance"), 2u);
  EXPECT_EQ(number_of(transcripts()[0].get(), "replaces"), 1u);
  EXPECT_EQ(number_of(transcripts()[0].get(), "start"), 100 * GST_MSECOND);
  EXPECT_EQ(number_of(transcripts()[0].get(), "end"), 1300 * GST_MSECOND);
  EXPECT_EQ(milliseconds_of(server.request(1)), 1400);
  const auto withdrawn = test.messages("transcription-withdrawn");
  ASSERT_EQ(withdrawn.size(), 1u);
  EXPECT_EQ(detail(withdrawn[0], "reason"), "merged");
  EXPECT_EQ(number_of(withdrawn[0].get(), "utterance"), 1u);
  test.until("the connection to close", [&] { return server.closed(0); });
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  EXPECT_EQ(test.take_buffers().size(), 1u);
}

TEST_P(GroqSttSinkMergeTest, WhatWasOutAlreadyIsReplaced) {
  server.answer(text("Quería una"));
  server.answer(text("Quería una cita."));
  start();
  say();
  until_messages("transcript", 1);
  EXPECT_TRUE(merge_next());
  say();
  until_messages("transcript", 2);
  EXPECT_EQ(number_of(transcripts()[1].get(), "replaces"), 1u);
  EXPECT_FALSE(gst_structure_has_field(transcripts()[0].get(), "replaces"));
  EXPECT_TRUE(test.messages("transcription-withdrawn").empty());
}

TEST_P(GroqSttSinkMergeTest, ThreeInARowStandForTheFirst) {
  server.otherwise(text("todo"));
  start();
  for (std::size_t i = 1; i <= 3; ++i) {
    say();
    until_messages("transcript", i);
    EXPECT_TRUE(merge_next());
  }
  EXPECT_EQ(number_of(transcripts()[2].get(), "replaces"), 1u);
  EXPECT_EQ(milliseconds_of(server.request(2)), 2100);
}

TEST_P(GroqSttSinkMergeTest, WithNothingSaidThereIsNothingToMerge) {
  start();
  EXPECT_FALSE(merge_next());
  set("reopen-window", 0);
  server.otherwise(text("hola"));
  say();
  until_messages("transcript", 1);
  EXPECT_FALSE(merge_next());
}

TEST_P(GroqSttSinkMergeTest, AfterTheWindowItIsTooLate) {
  set("reopen-window", 20);
  server.otherwise(text("hola"));
  start();
  say();
  until_messages("transcript", 1);
  test.run_for(60ms);
  EXPECT_FALSE(merge_next());
}

TEST_P(GroqSttSinkMergeTest, WhatWasHeldBackComesWhenNobodyGoesOn) {
  set("reopen-window", 500);
  server.answer(text("Eso es todo.", FakeAnswer::End::kHold));
  start();
  say();
  until_requests(1);
  EXPECT_TRUE(merge_next());
  server.complete(0);
  until_messages("transcript", 1);
  EXPECT_FALSE(gst_structure_has_field(transcripts()[0].get(), "replaces"));
}

TEST_P(GroqSttSinkMergeTest, WhatWasHeldBackComesAtTheEndOfTheStream) {
  server.answer(text("Eso es todo.", FakeAnswer::End::kHold));
  start();
  say();
  until_requests(1);
  EXPECT_TRUE(merge_next());
  server.complete(0);
  test.run_for(30ms);
  EXPECT_TRUE(transcripts().empty());
  eos();
  until_messages("transcript", 1);
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
}

TEST_P(GroqSttSinkMergeTest, ItWaitsForAnUtteranceThatHasBegunAsLongAsThatTakes) {
  set("reopen-window", 500);
  server.otherwise(text("largo"));
  start();
  say();
  until_messages("transcript", 1);
  push_audio(700ms);
  speech(SpeechEdge::kStart, 800ms);
  test.run_for(600ms);
  EXPECT_TRUE(merge_next());
  test.run_for(80ms);
  speech(SpeechEdge::kEnd, 1300ms);
  until_messages("transcript", 2);
  EXPECT_EQ(number_of(transcripts()[1].get(), "replaces"), 1u);
}

TEST_P(GroqSttSinkMergeTest, TogetherLongerThanTheMaximumTheyStayTwo) {
  set("max-utterance", 1);
  server.answer(text("uno", FakeAnswer::End::kHold));
  server.answer(text("dos"));
  start();
  say();
  until_requests(1);
  EXPECT_TRUE(merge_next());
  say();
  until_requests(2);
  server.complete(0);
  until_messages("transcript", 2);
  EXPECT_EQ(detail(transcripts()[0], "text"), "uno");
  EXPECT_EQ(detail(transcripts()[1], "text"), "dos");
  EXPECT_FALSE(gst_structure_has_field(transcripts()[1].get(), "replaces"));
}

TEST_P(GroqSttSinkMergeTest, ASpeculationOfTheSecondHasTheFirstInItToo) {
  server.answer(text("Quería una", FakeAnswer::End::kHold));
  server.answer(text("Quería una cita."));
  start();
  say();
  until_requests(1);
  EXPECT_TRUE(merge_next());
  push_audio(700ms);
  speech(SpeechEdge::kStart, 800ms);
  speech(SpeechEdge::kPause, 1300ms);
  until_requests(2);
  EXPECT_EQ(milliseconds_of(server.request(1)), 1400);
  speech(SpeechEdge::kEnd, 1300ms);
  until_messages("transcript", 1);
  test.until("a final one", [&] { return flag(transcripts().back(), "final"); });
  EXPECT_EQ(number_of(transcripts().back().get(), "replaces"), 1u);
  EXPECT_EQ(server.requests(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Modes, GroqSttSinkSpeculationTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
INSTANTIATE_TEST_SUITE_P(Modes, GroqSttSinkMergeTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
