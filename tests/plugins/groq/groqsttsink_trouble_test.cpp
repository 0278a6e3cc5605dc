// groqsttsink when the provider, the network or the application does something else.
#include "plugins/base/provider_health.h"
#include "tests/plugins/groq/groqsttsink_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;
using Code = ProviderError::Code;

namespace {

struct GroqSttSinkTroubleTest : GroqSttSinkTest {
  // Says something and gives the one failure that comes of it.
  ProviderError failure() {
    start();
    say();
    until_messages("transcription-failed", 1);
    EXPECT_EQ(number_of(test.messages("transcription-failed")[0].get(), "utterance"), 1u);
    EXPECT_TRUE(test.messages("transcript").empty());
    const auto errors = test.provider_errors();
    EXPECT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors.at(0).provider, "groq");
    EXPECT_EQ(errors.at(0).operation, "transcription");
    return errors.at(0);
  }
  static FakeAnswer status(int code, std::string body = "") {
    return {.status = code, .content_type = "application/json", .chunks = {std::move(body)}};
  }
};

}  // namespace

TEST_P(GroqSttSinkTroubleTest, AWrongKeyIsReportedOnceAndNotTriedAgain) {
  server.otherwise(status(401, R"({"error":{"message":"Invalid API Key"}})"));
  const auto error = failure();
  EXPECT_EQ(error.code, Code::kBadKey);
  EXPECT_EQ(error.http_status, 401);
  EXPECT_NE(error.detail.find("Invalid API Key"), std::string::npos);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(GroqSttSinkTroubleTest, GroqItselfIsNotAskedWithoutAKey) {
  g_unsetenv("GROQ_API_KEY");
  set("base-url", "https://api.groq.com/openai/v1");
  EXPECT_EQ(failure().code, Code::kBadKey);
  EXPECT_TRUE(test.messages("transcription-started").empty());
}

TEST_P(GroqSttSinkTroubleTest, ALimitThatLastsIsNotWaitedFor) {
  auto limited = status(429);
  limited.headers = {{"retry-after", "7.5"}};
  server.otherwise(limited);
  const auto error = failure();
  EXPECT_EQ(error.code, Code::kRateLimited);
  EXPECT_EQ(error.retry_after, 7500ms);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(GroqSttSinkTroubleTest, WhatTheServiceFailsAtTheFallbackIsAskedAtOnceWithItsOwnModelAndKey) {
  FakeHttp fallback;
  fallback.answer(text("otra voz"));
  server.otherwise(status(503));
  set("api-key", "first-key");
  set("fallback-base-url", fallback.url().c_str());
  set("fallback-model", "whisper-small");
  set("fallback-api-key", "second-key");
  start();
  say();
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "otra voz");
  EXPECT_TRUE(test.provider_errors().empty());
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(fallback.request(0).header("authorization"), "Bearer second-key");
  EXPECT_NE(fallback.request(0).body.find("whisper-small"), std::string::npos);
}

TEST_P(GroqSttSinkTroubleTest, AWrongKeyIsNoReasonNotToAskTheFallbackAndTheKeyDoesNotGoThere) {
  FakeHttp fallback;
  fallback.answer(text("hola"));
  server.otherwise(status(401));
  set("api-key", "first-key");
  set("fallback-base-url", fallback.url().c_str());
  start();
  say();
  until_messages("transcript", 1);
  EXPECT_EQ(fallback.request(0).header("authorization"), "");
}

TEST_P(GroqSttSinkTroubleTest, AFallbackThatFailsTooIsTheFailureThatIsReported) {
  FakeHttp fallback;
  fallback.otherwise(status(429));
  server.otherwise(status(500));
  set("fallback-base-url", fallback.url().c_str());
  EXPECT_EQ(failure().code, Code::kRateLimited);
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(fallback.requests(), 1u);
}

TEST_P(GroqSttSinkTroubleTest, AnUtteranceThatFailedIsTranscribedAgainWhenAskedFor) {
  server.answer(status(400));
  start();
  gboolean again = TRUE;
  g_signal_emit_by_name(element(), "transcribe-again", &again);
  EXPECT_FALSE(again);  // nothing has failed
  say();
  until_messages("transcription-failed", 1);
  server.answer(text("hola"));
  g_signal_emit_by_name(element(), "transcribe-again", &again);
  EXPECT_TRUE(again);
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "hola");
  g_signal_emit_by_name(element(), "transcribe-again", &again);
  EXPECT_FALSE(again);
}

TEST_P(GroqSttSinkTroubleTest, ARequestLaterThanMostIsSentTwiceAndTheFirstAnswerCounts) {
  auto& health = ProviderHealth::shared();
  health.reset();
  for (int i = 0; i < 20; ++i)
    health.begin("groq", "transcription", server.url(), 0s)->answered(30ms);
  server.answer({.end = FakeAnswer::End::kSilent});
  server.answer(text("hola"));
  set("hedge", TRUE);
  start();
  say();
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "hola");
  EXPECT_EQ(server.requests(), 2u);
  EXPECT_EQ(server.request(0).body, server.request(1).body);
  test.until("the first to be dropped", [&] { return server.closed(0); });
  EXPECT_EQ(health.status().at(0).hedged, 1u);
  health.reset();
}

TEST_P(GroqSttSinkTroubleTest, OfTwoTheOneThatFailsIsNotHeardOfWhileTheOtherMaySucceed) {
  auto& health = ProviderHealth::shared();
  health.reset();
  for (int i = 0; i < 20; ++i)
    health.begin("groq", "transcription", server.url(), 0s)->answered(30ms);
  server.answer({.content_type = "application/json", .end = FakeAnswer::End::kHold});
  server.answer(status(500));
  set("hedge", TRUE);
  start();
  say();
  until_requests(2);
  (void)server.request(1);
  server.send(0, R"({"text":"hola"})");
  server.complete(0);
  until_messages("transcript", 1);
  EXPECT_TRUE(test.provider_errors().empty());
  health.reset();
}

TEST_P(GroqSttSinkTroubleTest, AShortLimitIsWaitedForAndTheSameIsSentAgain) {
  auto limited = status(429);
  limited.headers = {{"retry-after", "0.05"}};
  server.answer(limited);
  server.answer(text("a la segunda"));
  start();
  say();
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "a la segunda");
  EXPECT_GE(number_of(test.messages("transcript")[0].get(), "latency-ms"), 50u);
  EXPECT_TRUE(test.provider_errors().empty());
  EXPECT_EQ(test.messages("transcription-started").size(), 1u);
}

TEST_P(GroqSttSinkTroubleTest, AFailingServiceIsAskedTwiceAndReportedOnce) {
  server.otherwise(status(500, "oops"));
  EXPECT_EQ(failure().code, Code::kUnavailable);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(GroqSttSinkTroubleTest, AModelThatWasShutDownIsNamed) {
  server.otherwise(status(400, R"({"error":{"code":"model_decommissioned","message":"gone"}})"));
  const auto error = failure();
  EXPECT_EQ(error.code, Code::kModelRetired);
  EXPECT_NE(error.text.find("whisper-large-v3-turbo"), std::string::npos);
}

TEST_P(GroqSttSinkTroubleTest, AnAnswerThatIsNoTranscriptIsMalformed) {
  server.otherwise({.content_type = "text/html", .chunks = {"<html>welcome</html>"}});
  EXPECT_EQ(failure().code, Code::kMalformed);
}

TEST_P(GroqSttSinkTroubleTest, AnAnswerThatStopsIsAStall) {
  set("stall-timeout", 30);
  server.otherwise(text("a medias", FakeAnswer::End::kHold));
  EXPECT_EQ(failure().code, Code::kStalled);
}

TEST_P(GroqSttSinkTroubleTest, AServiceThatDoesNotAnswerIsAFirstByteTimeout) {
  set("first-byte-timeout", 30);
  server.otherwise({.end = FakeAnswer::End::kSilent});
  EXPECT_EQ(failure().code, Code::kFirstByteTimeout);
}

TEST_P(GroqSttSinkTroubleTest, AnAnswerThatIsCutIsTriedAgainAndThenReported) {
  // Between two chunks libsoup takes the end of the connection for the end of the body, so it is
  // the JSON that shows it.
  server.otherwise({.content_type = "application/json",
                    .chunks = {R"({"text":"a me)"},
                    .end = FakeAnswer::End::kCut});
  const auto code = failure().code;
  EXPECT_TRUE(code == Code::kMalformed || code == Code::kConnectionLost);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(GroqSttSinkTroubleTest, AConnectionThatIsCutBeforeTheAnswerIsLost) {
  server.otherwise({.status = 200, .end = FakeAnswer::End::kSilent});
  start();
  say();
  for (std::size_t i = 0; i < 2; ++i) {
    until_requests(i + 1);
    server.cut(i);
  }
  until_messages("transcription-failed", 1);
  EXPECT_EQ(test.provider_errors().at(0).code, Code::kConnectionLost);
}

TEST_P(GroqSttSinkTroubleTest, NobodyListeningIsRefused) {
  server.stop_listening();
  EXPECT_EQ(failure().code, Code::kRefused);
}

TEST_P(GroqSttSinkTroubleTest, AFailureKeepsItsPlaceAndTheNextUtteranceGoesOn) {
  server.answer(status(400));
  server.answer(text("dos"));
  start();
  say();
  until_messages("transcription-failed", 1);
  say();
  eos();
  until_messages("transcript", 1);
  EXPECT_EQ(number_of(test.messages("transcript")[0].get(), "utterance"), 2u);
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
}

TEST_P(GroqSttSinkTroubleTest, AFlushClosesTheConnectionAndItsTranscriptNeverComes) {
  server.answer(text("nunca", FakeAnswer::End::kHold));
  server.answer(text("despues"));
  start();
  say();
  until_requests(1);
  push_event(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  push_event(Ref<GstEvent>::adopt(gst_event_new_flush_stop(TRUE)));
  test.until("the connection to close", [&] { return server.closed(0); });
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  push_event(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  say();
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "despues");
  EXPECT_EQ(number_of(test.messages("transcript")[0].get(), "utterance"), 2u);
  int flushes = 0;
  for (const auto& event : test.take_events())
    flushes += GST_EVENT_TYPE(event.get()) == GST_EVENT_FLUSH_START;
  EXPECT_EQ(flushes, 1);
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(GroqSttSinkTroubleTest, TheCancelActionAbortsAndAWaitingEosComes) {
  server.answer(text("nunca", FakeAnswer::End::kHold));
  start();
  say();
  eos();
  until_requests(1);
  g_signal_emit_by_name(element(), "cancel");
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  test.until("the connection to close", [&] { return server.closed(0); });
  EXPECT_TRUE(test.messages("transcript").empty());
}

TEST_P(GroqSttSinkTroubleTest, WhoReadsTheMessageMayCancelTheTextBehindIt) {
  server.otherwise(text("retirado"));
  test.on_message([this](GstMessage* message) {
    if (gst_message_has_name(message, "transcript"))
      g_signal_emit_by_name(element(), "cancel");
  });
  start();
  say();
  until_messages("transcript", 1);
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  EXPECT_TRUE(test.take_buffers().empty());
}

TEST_P(GroqSttSinkTroubleTest, ToNullInMidRequestNothingComesAfterwardsAndItCanStartAgain) {
  server.answer(text("nunca", FakeAnswer::End::kHold));
  server.otherwise(text("hola"));
  start();
  say();
  until_requests(1);
  test.stop();
  const auto messages = test.message_names().size();
  test.until("the connection to close", [&] { return server.closed(0); });
  EXPECT_TRUE(test.messages("transcript").empty());
  EXPECT_EQ(test.message_names().size(), messages);
  gst_element_set_state(element(), GST_STATE_PLAYING);
  EXPECT_EQ(GST_STATE(element()), GST_STATE_PLAYING);
}

INSTANTIATE_TEST_SUITE_P(Modes, GroqSttSinkTroubleTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
