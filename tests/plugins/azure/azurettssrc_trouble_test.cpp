// azurettssrc when the provider, the network or the caller does something else.
#include "tests/plugins/azure/azurettssrc_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;
using Code = ProviderError::Code;
using Lines = std::vector<std::string>;

namespace {

struct AzureTtsSrcTroubleTest : AzureTtsSrcTest {
  // Says "uno" and gives the one failure that comes of it.
  ProviderError failure() {
    start();
    push_text("uno");
    until_messages("synthesis-failed", 1);
    EXPECT_EQ(number_of(test.messages("synthesis-failed")[0].get(), "turn"), 1u);
    EXPECT_EQ(number_of(test.messages("synthesis-failed")[0].get(), "clause"), 0u);
    until_out("end 1.0");
    EXPECT_TRUE(test.messages("synthesis-done").empty());
    const auto errors = test.provider_errors();
    EXPECT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors.at(0).provider, "azure");
    EXPECT_EQ(errors.at(0).operation, "synthesis");
    return errors.at(0);
  }
  static FakeAnswer status(int code, std::string body = "") {
    return {.status = code, .content_type = "text/plain", .chunks = {std::move(body)}};
  }
};

}  // namespace

TEST_P(AzureTtsSrcTroubleTest, AWrongKeyMayBeAWrongRegionAndIsNotTriedAgain) {
  server.otherwise(status(401));
  const auto error = failure();
  EXPECT_EQ(error.code, Code::kBadKey);
  EXPECT_NE(error.text.find("region"), std::string::npos);
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(output(), (Lines{"start 1.0 uno", "end 1.0"}));
}

TEST_P(AzureTtsSrcTroubleTest, AzureItselfIsNotAskedWithoutAKey) {
  for (const char* name : {"AZURE_SPEECH_KEY", "AZURE_SPEECH_REGION", "AZURE_SPEECH_ENDPOINT"})
    g_unsetenv(name);
  set("endpoint", "");
  EXPECT_EQ(failure().code, Code::kBadKey);
}

TEST_P(AzureTtsSrcTroubleTest, ARefusalInPlainTextIsQuoted) {
  server.otherwise(status(400, "Data at the root level is invalid."));
  const auto error = failure();
  EXPECT_EQ(error.code, Code::kBadRequest);
  EXPECT_NE(error.text.find("es-MX-DaliaNeural"), std::string::npos);
  EXPECT_NE(error.detail.find("root level"), std::string::npos);
}

TEST_P(AzureTtsSrcTroubleTest, WhenTheServiceFailsTheFallbackSpeaksAndGoesOnToTheEndOfTheTurn) {
  FakeHttp fallback;
  fallback.otherwise(speech({audio(320)}));
  server.answer(status(503));
  server.otherwise(speech({audio(640)}));
  set("api-key", "first-key");
  set("prefetch", 0u);
  set("fallback-endpoint", fallback.url().c_str());
  set("fallback-voice", "es-MX-JorgeNeural");
  set("fallback-api-key", "second-key");
  start();
  push_text("uno", ClauseTag{1, 0});
  push_text("dos", ClauseTag{1, 1});
  until_out("end 1.1");
  push_text("tres", ClauseTag{2, 0});
  until_out("end 2.0");
  EXPECT_EQ(output(), (Lines{"start 1.0 uno", "320", "end 1.0", "start 1.1 dos", "320", "end 1.1",
                             "start 2.0 tres", "640", "end 2.0"}));
  EXPECT_TRUE(test.provider_errors().empty());
  EXPECT_EQ(fallback.request(0).header("ocp-apim-subscription-key"), "second-key");
  EXPECT_NE(fallback.request(0).body.find("es-MX-JorgeNeural"), std::string::npos);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(AzureTtsSrcTroubleTest, ALimitThatLastsIsNotWaitedFor) {
  auto limited = status(429);
  limited.headers = {{"Retry-After", "2"}};
  server.otherwise(limited);
  EXPECT_EQ(failure().retry_after, 2000ms);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(AzureTtsSrcTroubleTest, AShortLimitIsWaitedForAndNobodyHearsOfIt) {
  auto limited = status(429);
  limited.headers = {{"Retry-After", "0.05"}};
  server.answer(limited);
  server.answer(speech({audio(320)}));
  start();
  push_text("uno");
  until_messages("synthesis-done", 1);
  EXPECT_EQ(audio_out(), audio(320));
  EXPECT_TRUE(test.provider_errors().empty());
  EXPECT_EQ(test.messages("synthesis-started").size(), 1u);
}

TEST_P(AzureTtsSrcTroubleTest, AFailingServiceIsAskedTwiceAndReportedOnce) {
  server.otherwise(status(503));
  EXPECT_EQ(failure().code, Code::kUnavailable);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(AzureTtsSrcTroubleTest, AnAnswerWithoutAudioIsMalformed) {
  server.otherwise(speech({}));
  EXPECT_EQ(failure().code, Code::kMalformed);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(AzureTtsSrcTroubleTest, AFileOrADocumentIsNotPlayed) {
  const std::string wav("RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\1\0\1\0", 24);
  for (const auto& body :
       {wav, std::string(R"({"error":"quota"})"), std::string("<html></html>")}) {
    server.answer(speech({body}));
    server.answer(speech({body}));
  }
  start();
  for (std::size_t i = 0; i < 3; ++i) {
    push_text("uno");
    until_messages("synthesis-failed", i + 1);
    EXPECT_EQ(test.provider_errors().at(i).code, Code::kMalformed);
  }
  EXPECT_EQ(audio_out(), "");
}

TEST_P(AzureTtsSrcTroubleTest, AudioThatStopsIsAStallAndWhatCameIsHeard) {
  set("stall-timeout", 30);
  server.otherwise(speech({audio(320)}, FakeAnswer::End::kHold));
  EXPECT_EQ(failure().code, Code::kStalled);
  EXPECT_EQ(output(), (Lines{"start 1.0 uno", "320", "end 1.0"}));
  EXPECT_EQ(server.requests(), 1u);  // said twice it would be worse
}

TEST_P(AzureTtsSrcTroubleTest, AudioThatIsCutInASampleIsALostConnection) {
  server.otherwise(speech({audio(321)}, FakeAnswer::End::kCut));
  EXPECT_EQ(failure().code, Code::kConnectionLost);
  EXPECT_EQ(output(), (Lines{"start 1.0 uno", "320", "end 1.0"}));
}

TEST_P(AzureTtsSrcTroubleTest, AudioThatIsTooShortForItsTextIsALostConnection) {
  // Cut between two chunks: for libsoup a normal end.
  const std::string text = "Le comunico ahora mismo con una de nuestras compañeras de ventas.";
  server.answer(speech({}, FakeAnswer::End::kHold));
  server.answer(speech({audio(8000)}));
  server.otherwise(speech({audio(48000)}));
  start();
  push_text("uno");
  until_requests(1);
  push_text(text);
  until_requests(3);  // asked for again: nothing of it has been heard
  server.send(0, audio(320));
  server.complete(0);
  until_out("end 1.1");
  EXPECT_EQ(audio_out(), audio(320) + audio(48000));
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(AzureTtsSrcTroubleTest, AServiceThatDoesNotAnswerIsAFirstByteTimeout) {
  set("first-byte-timeout", 150);
  server.otherwise({.end = FakeAnswer::End::kSilent});
  EXPECT_EQ(failure().code, Code::kFirstByteTimeout);
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(AzureTtsSrcTroubleTest, NobodyListeningIsRefused) {
  server.stop_listening();
  EXPECT_EQ(failure().code, Code::kRefused);
}

TEST_P(AzureTtsSrcTroubleTest, AClauseAheadThatBreaksOffIsAskedForAgainBeforeItsTurn) {
  set("stall-timeout", 60);
  server.answer(speech({}, FakeAnswer::End::kHold));
  server.answer(speech({audio(100, 'x')}, FakeAnswer::End::kHold));
  server.answer(speech({audio(640)}));
  start();
  set("first-byte-timeout", 20000);
  push_text("uno");
  until_requests(1);
  push_text("dos");
  until_requests(3);  // the second of "dos"
  server.send(0, audio(320));
  server.complete(0);
  until_out("end 1.1");
  EXPECT_EQ(audio_out(), audio(320) + audio(640));
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(AzureTtsSrcTroubleTest, AFailedClauseKeepsItsPlaceAndTheNextGoesOn) {
  server.answer(status(400));
  server.otherwise(speech({audio(320)}));
  start();
  push_text("uno");
  until_requests(1);
  push_text("dos");
  eos();
  until_out("eos");
  EXPECT_EQ(output(),
            (Lines{"start 1.0 uno", "end 1.0", "start 1.1 dos", "320", "end 1.1", "eos"}));
}

TEST_P(AzureTtsSrcTroubleTest, AFlushClosesTheConnectionsAndNewTextIsSpoken) {
  server.answer(speech({audio(320)}, FakeAnswer::End::kHold));
  server.answer(speech({audio(640)}, FakeAnswer::End::kHold));
  server.otherwise(speech({audio(960)}));
  start();
  push_text("uno");
  until_out("320");
  push_text("dos");
  until_requests(2);
  flush();
  EXPECT_TRUE(put_out("flush"));
  test.until("the connections to close", [&] { return server.closed(0) && server.closed(1); });
  push_text("tres");
  until_out("end 2.0");
  EXPECT_EQ(output(), (Lines{"start 1.0 uno", "320", "flush", "start 2.0 tres", "960", "end 2.0"}));
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(AzureTtsSrcTroubleTest, AFlushTakesAWaitingEosWithIt) {
  server.answer(speech({}, FakeAnswer::End::kHold));
  server.otherwise(speech({audio(320)}));
  start();
  push_text("uno");
  eos();
  until_requests(1);
  flush();
  push_text("dos");
  until_out("end 2.0");
  EXPECT_FALSE(put_out("eos"));
}

TEST_P(AzureTtsSrcTroubleTest, ABargeInFromDownstreamInTheMiddleOfAPushStopsTheRest) {
  server.answer(speech({audio(16000)}, FakeAnswer::End::kHold));
  start();
  std::atomic<bool> flushed = false;
  on_line = [&](const std::string& line) {
    if (!line.starts_with("start") || flushed.exchange(true))
      return;
    push_event(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  };
  push_text("uno");
  test.until("the connection to close", [&] { return server.requests() > 0 && server.closed(0); });
  EXPECT_TRUE(test.provider_errors().empty());
  EXPECT_EQ(audio_out(), "");
  test.stop();  // no thread reads what is taken away now
  on_line = nullptr;
}

TEST_P(AzureTtsSrcTroubleTest, ToNullInMidRequestNothingComesAfterwardsAndItCanStartAgain) {
  server.answer(speech({audio(320)}, FakeAnswer::End::kHold));
  server.otherwise(speech({audio(640)}));
  start();
  push_text("uno");
  until_out("320");
  test.stop();
  const auto lines = output();
  test.until("the connection to close", [&] { return server.closed(0); });
  EXPECT_EQ(output(), lines);
  EXPECT_TRUE(test.provider_errors().empty());

  gst_element_set_state(element(), GST_STATE_PLAYING);
  gboolean accepted = FALSE;
  g_signal_emit_by_name(element(), "speak", "dos", &accepted);
  EXPECT_TRUE(accepted);
  until_messages("synthesis-done", 1);
  EXPECT_EQ(server.requests(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Modes, AzureTtsSrcTroubleTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
