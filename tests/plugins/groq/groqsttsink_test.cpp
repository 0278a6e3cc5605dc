// What groqsttsink sends and what it makes of good answers.
#include "tests/plugins/groq/form_parts.h"
#include "tests/plugins/groq/groqsttsink_test_base.h"
#include "tests/support/controlled.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> custom_events(ElementTest& test) {
  std::vector<std::string> names;
  for (const auto& event : test.take_events()) {
    if (GST_EVENT_TYPE(event.get()) == GST_EVENT_CUSTOM_DOWNSTREAM)
      names.emplace_back(gst_structure_get_name(gst_event_get_structure(event.get())));
    else if (GST_EVENT_TYPE(event.get()) == GST_EVENT_EOS)
      names.emplace_back("eos");
  }
  return names;
}

}  // namespace

TEST_P(GroqSttSinkTest, SendsTheUtteranceAsOneFormWithAWavInIt) {
  set("api-key", "gsk_test");
  set("language", "es-MX");
  set("prompt", "Centralita");
  set("temperature", 0.25);
  server.answer(text("Hola."));
  start();
  say();
  until_messages("transcript", 1);

  const auto request = server.request(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/audio/transcriptions");
  EXPECT_EQ(request.header("authorization"), "Bearer gsk_test");
  EXPECT_EQ(request.header("content-length"), std::to_string(request.body.size()));
  EXPECT_EQ(part(request, "model"), "whisper-large-v3-turbo");
  EXPECT_EQ(part(request, "response_format"), "verbose_json");
  EXPECT_EQ(part(request, "language"), "es");
  EXPECT_EQ(part(request, "prompt"), "Centralita");
  EXPECT_EQ(part(request, "temperature"), "0.25");
  EXPECT_NE(request.body.find("filename=\"utterance-1.wav\"\r\nContent-Type: audio/wav"),
            std::string::npos);
  // Speech 100-600 ms: from the start (the pre-roll reaches behind it) to what had arrived, 700 ms.
  const auto wav = part(request, "file");
  EXPECT_EQ(u32(wav, 24), 16000u);
  EXPECT_EQ(u32(wav, 40), 700u * 16 * 2);
  EXPECT_EQ(wav.size(), 44 + 700u * 16 * 2);
}

TEST_P(GroqSttSinkTest, AControlledTemperatureIsThatOfTheUtterancesEnd) {
  control(element(), "temperature", {{0, 0.25}, {GST_SECOND, 0.5}});
  for (int i = 0; i < 2; ++i) server.answer(text("Hola."));
  start();
  say();
  until_messages("transcript", 1);
  say();  // from 700 ms to 1.4 s
  until_messages("transcript", 2);
  EXPECT_EQ(part(server.request(0), "temperature"), "0.25");
  EXPECT_EQ(part(server.request(1), "temperature"), "0.5");
}

TEST_P(GroqSttSinkTest, PostsTheTranscriptAndPushesItsText) {
  server.answer(text("Buenos días."));
  start();
  say();
  until_messages("transcript", 1);
  const auto started = test.messages("transcription-started").at(0);
  EXPECT_EQ(number_of(started.get(), "utterance"), 1u);
  EXPECT_GT(number_of(started.get(), "audio"), 500 * GST_MSECOND)
      << "what came before it is sent too";
  const auto message = test.messages("transcript").at(0);
  EXPECT_EQ(text_of(message.get(), "text"), "Buenos días.");
  EXPECT_EQ(text_of(message.get(), "language"), "Spanish");
  EXPECT_EQ(number_of(message.get(), "utterance"), 1u);
  EXPECT_EQ(number_of(message.get(), "start"), 100 * GST_MSECOND);
  EXPECT_EQ(number_of(message.get(), "end"), 600 * GST_MSECOND);
  EXPECT_LT(number_of(message.get(), "latency-ms"), 20000u);
  gboolean final = FALSE;
  EXPECT_TRUE(gst_structure_get_boolean(message.get(), "final", &final) && final);

  test.until("the text", [&] { return gst_harness_buffers_in_queue(test.harness()) == 1; });
  const auto buffers = test.take_buffers();
  EXPECT_EQ(bytes_of(buffers[0].get()), "Buenos días.");
  EXPECT_EQ(GST_BUFFER_PTS(buffers[0].get()), 100 * GST_MSECOND);
  EXPECT_EQ(GST_BUFFER_DURATION(buffers[0].get()), 500 * GST_MSECOND);
}

TEST_P(GroqSttSinkTest, EventsKeepTheirPlaceAndEosComesLast) {
  server.answer(text("uno"));
  start();
  say();
  eos();
  std::vector<std::string> events;
  test.until("EOS", [&] {
    for (auto& name : custom_events(test)) events.push_back(std::move(name));
    return !events.empty() && events.back() == "eos";
  });
  EXPECT_EQ(events, (std::vector<std::string>{"centralita/speech-start", "centralita/speech-end",
                                              "rstranscribe/final-transcript", "eos"}));
  EXPECT_EQ(test.take_buffers().size(), 1u);
}

TEST_P(GroqSttSinkTest, WithoutSpeechEventsEverythingUntilEosIsOneUtterance) {
  server.answer(text("todo"));
  start();
  push_audio(2s);
  eos();
  until_messages("transcript", 1);
  EXPECT_EQ(part(server.request(0), "file").size(), 44 + 2000u * 16 * 2);
  EXPECT_EQ(number_of(test.messages("transcript")[0].get(), "end"), 2 * GST_SECOND);
}

TEST_P(GroqSttSinkTest, TranscriptsComeInTheOrderOfTheUtterancesWhenAnswersDoNot) {
  server.answer(text("uno", FakeAnswer::End::kHold));
  server.answer(text("dos"));
  start();
  say();
  until_requests(1);
  say();
  until_requests(2);  // overlapping: the first has no answer yet
  test.run_for(50ms);
  EXPECT_TRUE(test.messages("transcript").empty());
  server.complete(0);
  until_messages("transcript", 2);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "uno");
  EXPECT_EQ(text_of(test.messages("transcript")[1].get(), "text"), "dos");
  EXPECT_EQ(number_of(test.messages("transcript")[1].get(), "utterance"), 2u);
}

TEST_P(GroqSttSinkTest, AtMostFourRequestsAreUnderWayAtOnce) {
  for (int i = 0; i < 4; ++i) server.answer(text("uno", FakeAnswer::End::kHold));
  server.otherwise(text("dos"));
  start();
  for (int i = 0; i < 6; ++i) say();
  until_requests(4);
  test.run_for(50ms);
  EXPECT_EQ(server.requests(), 4u);
  for (std::size_t i = 0; i < 4; ++i) server.complete(i);
  until_messages("transcript", 6);
}

TEST_P(GroqSttSinkTest, ATooShortUtteranceIsEmptyWithoutARequest) {
  start();
  push_audio(1s, true);
  speech(SpeechEdge::kStart, 500ms);
  speech(SpeechEdge::kEnd, 600ms);
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "");
  EXPECT_EQ(number_of(test.messages("transcript")[0].get(), "utterance"), 1u);
  EXPECT_EQ(server.requests(), 0u);
  EXPECT_TRUE(test.messages("transcription-started").empty());
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  EXPECT_TRUE(test.take_buffers().empty());
}

TEST_P(GroqSttSinkTest, AShortUtteranceThatIsClearlyAVoiceIsSent) {
  server.answer(text("Sí."));
  start();
  push_audio(500ms, true);
  push_audio(100ms);
  push_audio(400ms, true);
  speech(SpeechEdge::kStart, 500ms);
  speech(SpeechEdge::kEnd, 600ms);
  until_messages("transcript", 1);
  EXPECT_EQ(text_of(test.messages("transcript")[0].get(), "text"), "Sí.");
}

TEST_P(GroqSttSinkTest, ALongUtteranceIsSentInPieces) {
  set("max-utterance", 1);
  server.otherwise(text("parte"));
  start();
  push_audio(400ms);
  speech(SpeechEdge::kStart, 300ms);
  push_audio(1200ms);
  speech(SpeechEdge::kEnd, 1600ms);
  until_messages("transcript", 2);
  std::map<bool, std::size_t> sizes;  // by whether it is the first: they may arrive in any order
  for (std::size_t i = 0; i < 2; ++i) {
    const auto request = server.request(i);
    sizes[request.body.find("utterance-1.wav") != std::string::npos] = part(request, "file").size();
  }
  // Cut in the last quiet 80 ms before the maximum, and nothing lost.
  EXPECT_GT(sizes[true], 44 + 800u * 16 * 2);
  EXPECT_LT(sizes[true], 44 + 1000u * 16 * 2);
  EXPECT_EQ(sizes[true] + sizes[false], 2 * 44 + 1600u * 16 * 2);
}

TEST_P(GroqSttSinkTest, WithNothingLinkedBehindItIsASinkThatPostsEos) {
  server.answer(text("hola"));
  EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(element(), GST_ELEMENT_FLAG_SINK));
  start(nullptr);
  EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(element(), GST_ELEMENT_FLAG_SINK));
  push_audio(1s);
  eos();
  test.until("EOS", [&] { return test.message_names().back() == "eos"; });
  EXPECT_EQ(test.messages("transcript").size(), 1u);
}

TEST_P(GroqSttSinkTest, LinkedItIsNoSink) {
  start();
  EXPECT_FALSE(GST_OBJECT_FLAG_IS_SET(element(), GST_ELEMENT_FLAG_SINK));
}

TEST_P(GroqSttSinkTest, UtterancesShareOneWarmConnection) {
  server.otherwise(text("hola"));
  start();
  for (std::size_t i = 1; i <= 3; ++i) {
    push_audio(700ms);
    const std::chrono::milliseconds now(frames * 20);
    speech(SpeechEdge::kStart, now - 600ms);
    // Speech takes its time, and with it whatever is done to warm the connection.
    test.run_for(20ms);
    speech(SpeechEdge::kEnd, now - 100ms);
    until_messages("transcript", i);
  }
  EXPECT_EQ(server.request(0).connection, server.request(1).connection);
  EXPECT_EQ(server.request(0).connection, server.request(2).connection);
}

TEST_P(GroqSttSinkTest, TheKeyCanBeSetAndNotBeRead) {
  set("api-key", "gsk_secret");
  const auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element()), "api-key");
  EXPECT_FALSE(spec->flags & G_PARAM_READABLE);
}

INSTANTIATE_TEST_SUITE_P(Modes, GroqSttSinkTest, ::testing::Values(IoMode::kInline, IoMode::kTask),
                         [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
