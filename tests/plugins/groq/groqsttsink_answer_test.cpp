// What groqsttsink asks for, and what it makes of answers that are not simply a text.
#include "tests/plugins/groq/form_parts.h"
#include "tests/plugins/groq/groqsttsink_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;
using Code = ProviderError::Code;

namespace {

struct GroqSttSinkAnswerTest : GroqSttSinkTest {
  static FakeAnswer status(int code,
                           std::vector<std::pair<std::string, std::string>> headers = {}) {
    return {.status = code,
            .content_type = "application/json",
            .headers = std::move(headers),
            .chunks = {"{}"}};
  }
  std::shared_ptr<GstStructure> transcript() {
    start();
    say();
    until_messages("transcript", 1);
    return test.messages("transcript")[0];
  }
  ProviderError failure() {
    start();
    say();
    until_messages("transcription-failed", 1);
    return test.provider_errors().at(0);
  }
};

}  // namespace

TEST_P(GroqSttSinkAnswerTest, KeywordsStandBeforeThePrompt) {
  GValue keywords = G_VALUE_INIT;
  g_value_init(&keywords, GST_TYPE_ARRAY);
  ASSERT_TRUE(gst_value_deserialize(&keywords, "<Centralita, \"Dra. Íñiguez\">"));
  g_object_set_property(G_OBJECT(element()), "keywords", &keywords);
  g_value_unset(&keywords);
  set("prompt", "Una clínica.");
  server.answer(text("hola"));
  transcript();
  EXPECT_EQ(part(server.request(0), "prompt"), "Centralita, Dra. Íñiguez. Una clínica.");
  GValue back = G_VALUE_INIT;
  g_value_init(&back, GST_TYPE_ARRAY);
  g_object_get_property(G_OBJECT(element()), "keywords", &back);
  EXPECT_EQ(gst_value_array_get_size(&back), 2u);
  g_value_unset(&back);
}

TEST_P(GroqSttSinkAnswerTest, FlacIsSentWhenAskedFor) {
  gst_util_set_object_arg(G_OBJECT(element()), "upload-format", "flac");
  server.answer(text("hola"));
  transcript();
  EXPECT_TRUE(part(server.request(0), "file").starts_with("fLaC"));
}

TEST_P(GroqSttSinkAnswerTest, ShortAnswersAreAskedForByJson) {
  set("verbose-json", FALSE);
  server.answer(text("hola"));
  transcript();
  EXPECT_EQ(part(server.request(0), "response_format"), "json");
}

TEST_P(GroqSttSinkAnswerTest, WhatIsLeftOutIsSaidWithItsReason) {
  server.answer({.content_type = "application/json", .chunks = {R"({"language":"Spanish",
      "text":" Quiero una cita. Subtítulos realizados por la comunidad de Amara.org",
      "segments":[{"text":" Quiero una cita.","avg_logprob":-0.25,"no_speech_prob":0.01},
        {"text":" Subtítulos realizados por la comunidad de Amara.org","avg_logprob":-0.4,
         "no_speech_prob":0.1}]})"}});
  const auto message = transcript();
  EXPECT_EQ(text_of(message.get(), "text"), "Quiero una cita.");
  EXPECT_EQ(text_of(message.get(), "rejected-text"),
            "Subtítulos realizados por la comunidad de Amara.org");
  EXPECT_TRUE(text_of(message.get(), "reject-reason").starts_with("known-phrase"));
  double confidence = 0;
  ASSERT_TRUE(gst_structure_get_double(message.get(), "confidence", &confidence));
  EXPECT_NEAR(confidence, 0.78, 0.01);
}

TEST_P(GroqSttSinkAnswerTest, WithTheGateOffNothingIsLeftOut) {
  gst_util_set_object_arg(G_OBJECT(element()), "hallucination-gate", "off");
  server.answer(text("Thanks for watching!"));
  const auto message = transcript();
  EXPECT_EQ(text_of(message.get(), "text"), "Thanks for watching!");
  EXPECT_EQ(text_of(message.get(), "rejected-text"), "");
  EXPECT_FALSE(gst_structure_has_field(message.get(), "confidence"));
}

TEST_P(GroqSttSinkAnswerTest, AnInventedTextIsAnEmptyTranscriptAndNoBuffer) {
  server.answer(text("Thanks for watching! Subtitles by the Amara.org community"));
  start();
  push_audio(700ms, true);
  speech(SpeechEdge::kStart, 100ms);
  speech(SpeechEdge::kEnd, 600ms);
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  EXPECT_EQ(text_of(test.messages("transcript").at(0).get(), "text"), "");
  EXPECT_TRUE(test.take_buffers().empty());
}

TEST_P(GroqSttSinkAnswerTest, AWavFileThatIsTooLargeIsSentAgainAsFlac) {
  server.answer(status(413));
  server.answer(text("cabe"));
  EXPECT_EQ(text_of(transcript().get(), "text"), "cabe");
  EXPECT_TRUE(part(server.request(0), "file").starts_with("RIFF"));
  EXPECT_TRUE(part(server.request(1), "file").starts_with("fLaC"));
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(GroqSttSinkAnswerTest, AFlacFileThatIsTooLargeIsAnErrorThatSaysWhatToDo) {
  server.otherwise(status(413));
  const auto error = failure();
  EXPECT_EQ(error.code, Code::kTooLarge);
  EXPECT_NE(error.text.find("max-utterance"), std::string::npos);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(GroqSttSinkAnswerTest, AFailingServiceIsAskedAsOftenAsTold) {
  set("retries", 3);
  set("max-retry-wait", 20);
  for (const int code : {500, 503, 502}) server.answer(status(code));
  server.answer(text("por fin"));
  EXPECT_EQ(text_of(transcript().get(), "text"), "por fin");
  EXPECT_EQ(server.requests(), 4u);
}

TEST_P(GroqSttSinkAnswerTest, ToldNotToItIsAskedOnce) {
  set("retries", 0);
  server.otherwise(status(500));
  EXPECT_EQ(failure().code, Code::kUnavailable);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(GroqSttSinkAnswerTest, ALimitIsWaitedForAsLongAsAllowed) {
  set("max-retry-wait", 800);
  server.answer(status(429, {{"retry-after", "0.6"}}));
  server.answer(text("ahora"));
  const auto message = transcript();
  EXPECT_EQ(text_of(message.get(), "text"), "ahora");
  EXPECT_GE(number_of(message.get(), "latency-ms"), 600u);
}

INSTANTIATE_TEST_SUITE_P(Modes, GroqSttSinkAnswerTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
