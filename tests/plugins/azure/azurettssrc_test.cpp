// What azurettssrc asks for, and how the audio comes out when all goes well.
#include "tests/plugins/azure/azurettssrc_test_base.h"
#include "tests/support/controlled.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

TEST_P(AzureTtsSrcTest, SendsTheTextAsSsmlWithTheFormatInAHeader) {
  set("api-key", "azure-key");
  set("voice", "es-ES-ElviraNeural");
  set("language", "es-ES");
  set("rate", 1.1);
  server.otherwise(speech({audio(320)}));
  start();
  push_text("Hola <adiós>");
  until_messages("synthesis-done", 1);
  const auto request = server.request(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/cognitiveservices/v1");
  EXPECT_EQ(request.header("content-type"), "application/ssml+xml");
  EXPECT_EQ(request.header("x-microsoft-outputformat"), "raw-8khz-16bit-mono-pcm");
  EXPECT_EQ(request.header("ocp-apim-subscription-key"), "azure-key");
  EXPECT_TRUE(request.header("user-agent").starts_with("centralita/"));
  EXPECT_NE(request.body.find("<voice name=\"es-ES-ElviraNeural\">"), std::string::npos);
  EXPECT_NE(request.body.find("xml:lang=\"es-ES\""), std::string::npos);
  EXPECT_NE(request.body.find("<prosody rate=\"1.1\">Hola &lt;adiós&gt;</prosody>"),
            std::string::npos);
}

TEST_P(AzureTtsSrcTest, AControlledVoiceIsThatOfTheClausesTime) {
  for (int i = 0; i < 3; ++i) server.answer(speech({audio(320)}));
  control(element(), "rate", {{0, 1.0}, {GST_SECOND, 1.5}});
  control(element(), "pitch", {{0, 0}, {2 * GST_SECOND, -3}});
  start();
  // All at once: the first one is still being made when the others' times have come.
  push_text("Uno.", ClauseTag{1, 0}, 0);
  push_text("Dos.", ClauseTag{1, 1}, GST_SECOND);
  push_text("Tres.", ClauseTag{1, 2}, 2 * GST_SECOND);
  until_out("end 1.2");
  // Over connections of their own, so that a later one may be there first.
  std::string asked;
  for (int i = 0; i < 3; ++i) asked += server.request(i).body;
  for (const char* text : {"/>Uno.</voice>", "<prosody rate=\"1.5\">Dos.</prosody>",
                           "<prosody rate=\"1.5\" pitch=\"-3st\">Tres.</prosody>"})
    EXPECT_NE(asked.find(text), std::string::npos) << text << " is not in " << asked;
}

TEST_P(AzureTtsSrcTest, ClausesComeOutInOrderBetweenTheirEvents) {
  server.answer(speech({audio(320)}));
  server.answer(speech({audio(640)}));
  start();
  push_text("Hola.", ClauseTag{4, 0});
  until_requests(1);
  push_text("¿Qué tal?", ClauseTag{4, 1});
  push_event(reply_end_event(4));
  eos();
  until_out("eos");
  EXPECT_EQ(output(), (Lines{"start 4.0 Hola.", "320", "end 4.0", "start 4.1 ¿Qué tal?", "640",
                             "end 4.1", "reply-end 4", "eos"}));
}

TEST_P(AzureTtsSrcTest, ALaterClauseThatAnswersFirstWaitsForItsTurn) {
  server.answer(speech({}, FakeAnswer::End::kHold));
  server.answer(speech({audio(640)}));
  start();
  push_text("uno");
  until_requests(1);
  push_text("dos");
  until_messages("synthesis-first-audio", 1);
  EXPECT_TRUE(output().empty());
  server.send(0, audio(320));
  server.complete(0);
  until_out("end 1.1");
  EXPECT_EQ(output(),
            (Lines{"start 1.0 uno", "320", "end 1.0", "start 1.1 dos", "640", "end 1.1"}));
}

TEST_P(AzureTtsSrcTest, AudioIsPushedBeforeTheRestOfItHasArrived) {
  server.answer(speech({}, FakeAnswer::End::kHold));
  start();
  push_text("uno");
  until_requests(1);
  server.send(0, audio(160));
  until_out("160");
  server.send(0, audio(480));
  until_out("640");
  EXPECT_FALSE(put_out("end 1.0"));
  server.complete(0);
  until_out("end 1.0");
}

TEST_P(AzureTtsSrcTest, SamplesThatArriveInHalvesAreWholeInEveryBuffer) {
  const auto whole = audio(1000);
  Lines chunks;
  for (std::size_t at = 0, size = 1; at < whole.size(); at += size, size = size % 7 + 2)
    chunks.push_back(whole.substr(at, size));
  server.answer(speech(chunks));
  start();
  push_text("uno");
  until_messages("synthesis-done", 1);
  std::string all;
  GstClockTime expected = 0;
  for (const auto& buffer : test.take_buffers()) {
    EXPECT_EQ(gst_buffer_get_size(buffer.get()) % 2, 0u);
    EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), expected);
    expected += GST_BUFFER_DURATION(buffer.get());
    all += bytes_of(buffer.get());
  }
  EXPECT_EQ(all, whole);
  EXPECT_EQ(expected, 500 * GST_SECOND / 8000);
  EXPECT_EQ(number_of(test.messages("synthesis-done")[0].get(), "duration"),
            500 * GST_SECOND / 8000);
}

TEST_P(AzureTtsSrcTest, NoBufferIsLongerThan100Ms) {
  const auto second = audio(16000);
  server.answer(speech({second}));
  start();
  push_text("uno");
  until_messages("synthesis-done", 1);
  std::string all;
  for (const auto& buffer : test.take_buffers()) {
    EXPECT_LE(GST_BUFFER_DURATION(buffer.get()), 100 * GST_MSECOND);
    all += bytes_of(buffer.get());
  }
  EXPECT_EQ(all, second);
}

TEST_P(AzureTtsSrcTest, TheFormatIsWhatDownstreamPrefers) {
  server.otherwise(speech({audio(320)}));
  start("audio/x-alaw, rate=8000, channels=1; audio/x-raw, format=S16LE, rate=16000, channels=1");
  push_text("uno");
  until_messages("synthesis-done", 1);
  EXPECT_EQ(server.request(0).header("x-microsoft-outputformat"), "raw-8khz-8bit-mono-alaw");
  // Audio of one byte a sample, and caps that say so.
  EXPECT_EQ(number_of(test.messages("synthesis-done")[0].get(), "duration"), 40 * GST_MSECOND);
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(test.harness()->sinkpad));
  EXPECT_TRUE(gst_structure_has_name(gst_caps_get_structure(caps.get(), 0), "audio/x-alaw"));
}

TEST_P(AzureTtsSrcTest, EveryFormatHasItsHeader) {
  const std::pair<const char*, const char*> formats[] = {
      {"audio/x-mulaw, rate=8000, channels=1", "raw-8khz-8bit-mono-mulaw"},
      {"audio/x-raw, rate=16000", "raw-16khz-16bit-mono-pcm"},
      {"audio/x-raw, rate=22050", "raw-22050hz-16bit-mono-pcm"},
      {"audio/x-raw, rate=[8000, 24000]", "raw-24khz-16bit-mono-pcm"},
      {"audio/x-raw, rate=48000", "raw-48khz-16bit-mono-pcm"},
      {"ANY", "raw-24khz-16bit-mono-pcm"}};
  server.otherwise(speech({audio(320)}));
  start();
  std::size_t n = 0;
  for (const auto& [caps, header] : formats) {
    gst_harness_set_sink_caps_str(test.harness(), caps);
    push_text("uno");
    until_messages("synthesis-done", n + 1);
    EXPECT_EQ(server.request(n).header("x-microsoft-outputformat"), header) << caps;
    ++n;
  }
}

TEST_P(AzureTtsSrcTest, TwoClausesAreRequestedAheadAndNotMore) {
  for (int i = 0; i < 3; ++i) server.answer(speech({}, FakeAnswer::End::kHold));
  server.otherwise(speech({audio(320)}));
  start();
  for (int i = 0; i < 5; ++i) push_text("hola");
  until_requests(3);
  test.run_for(50ms);
  EXPECT_EQ(server.requests(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    server.send(i, audio(320));
    server.complete(i);
  }
  until_messages("synthesis-done", 5);
}

TEST_P(AzureTtsSrcTest, WithoutPrefetchOneIsRequestedAtATime) {
  set("prefetch", 0);
  server.answer(speech({}, FakeAnswer::End::kHold));
  server.otherwise(speech({audio(320)}));
  start();
  push_text("uno");
  push_text("dos");
  until_requests(1);
  test.run_for(50ms);
  EXPECT_EQ(server.requests(), 1u);
  server.send(0, audio(320));
  server.complete(0);
  until_messages("synthesis-done", 2);
}

TEST_P(AzureTtsSrcTest, MessagesTellOfEveryClause) {
  server.otherwise(speech({audio(320)}));
  start();
  push_text("uno", ClauseTag{2, 3});
  until_messages("synthesis-done", 1);
  for (const char* name : {"synthesis-started", "synthesis-first-audio", "synthesis-done"}) {
    ASSERT_EQ(test.messages(name).size(), 1u) << name;
    EXPECT_EQ(number_of(test.messages(name)[0].get(), "turn"), 2u) << name;
    EXPECT_EQ(number_of(test.messages(name)[0].get(), "clause"), 3u) << name;
  }
  EXPECT_GT(number_of(test.messages("synthesis-started")[0].get(), "time"), 0u);
  EXPECT_LT(number_of(test.messages("synthesis-first-audio")[0].get(), "latency-ms"), 20000u);
}

TEST_P(AzureTtsSrcTest, TextWithoutATagIsNumberedAndAReplysEndBeginsATurn) {
  server.otherwise(speech({audio(320)}));
  start();
  push_text("a");
  push_text("b");
  push_event(reply_end_event(1));
  push_text("c");
  eos();
  until_out("eos");
  EXPECT_EQ(output(), (Lines{"start 1.0 a", "320", "end 1.0", "start 1.1 b", "320", "end 1.1",
                             "reply-end 1", "start 2.0 c", "320", "end 2.0", "eos"}));
}

TEST_P(AzureTtsSrcTest, AClauseWithNothingToSayIsNotAskedFor) {
  start();
  push_text("...");
  until_messages("synthesis-done", 1);
  EXPECT_EQ(output(), (Lines{"start 1.0 ...", "end 1.0"}));
  EXPECT_EQ(server.requests(), 0u);
}

TEST_P(AzureTtsSrcTest, AsASourceItSpeaksItsTextAndEnds) {
  server.otherwise(speech({audio(320)}));
  set("text", "Bienvenido.");
  EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(element(), GST_ELEMENT_FLAG_SOURCE));
  start_unlinked();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  EXPECT_EQ(audio_out(), audio(320));
  EXPECT_NE(server.request(0).body.find("Bienvenido."), std::string::npos);
  gboolean accepted = TRUE;
  g_signal_emit_by_name(element(), "speak", "tarde", &accepted);
  EXPECT_FALSE(accepted);
}

TEST_P(AzureTtsSrcTest, AsASourceItSpeaksWhatItIsToldAndEndsWhenItIsTold) {
  server.otherwise(speech({audio(320)}));
  start_unlinked();
  for (const char* text : {"uno", "dos"}) {
    gboolean accepted = FALSE;
    g_signal_emit_by_name(element(), "speak", text, &accepted);
    EXPECT_TRUE(accepted);
  }
  EXPECT_TRUE(gst_element_send_event(element(), gst_event_new_eos()));
  until_out("eos");
  EXPECT_EQ(output(),
            (Lines{"start 1.0 uno", "320", "end 1.0", "start 1.1 dos", "320", "end 1.1", "eos"}));
}

TEST_P(AzureTtsSrcTest, LinkedItIsNoSourceAndKeepsItsTextToItself) {
  set("text", "no");
  start();
  EXPECT_FALSE(GST_OBJECT_FLAG_IS_SET(element(), GST_ELEMENT_FLAG_SOURCE));
  test.run_for(30ms);
  EXPECT_EQ(server.requests(), 0u);
}

TEST_P(AzureTtsSrcTest, ClausesShareAWarmConnection) {
  server.otherwise(speech({audio(320)}));
  start();
  for (std::size_t i = 1; i <= 3; ++i) {
    push_text("uno");
    until_messages("synthesis-done", i);
  }
  EXPECT_EQ(server.request(0).connection, server.request(2).connection);
}

TEST_P(AzureTtsSrcTest, TheKeyCanBeSetAndNotBeRead) {
  set("api-key", "secret");
  const auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element()), "api-key");
  EXPECT_FALSE(spec->flags & G_PARAM_READABLE);
}

TEST_P(AzureTtsSrcTest, CapsGoBeforeEveryEventAlsoWithoutAudio) {
  start();
  push_event(reply_end_event(1));
  until_out("reply-end 1");
  std::vector<GstEventType> types;
  for (const auto& event : test.take_events()) types.push_back(GST_EVENT_TYPE(event.get()));
  EXPECT_EQ(types, (std::vector{GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT,
                                GST_EVENT_CUSTOM_DOWNSTREAM}));
}

TEST_P(AzureTtsSrcTest, TheServiceIsSentWordsAndTheClauseKeepsItsText) {
  set("dictionary", R"({"Pérez":"/ˈpeɾes/"})");
  server.otherwise(speech({audio(320)}));
  start();
  push_text("Son $21, Sr. Pérez.");
  until_out("end 1.0");
  EXPECT_EQ(output(), (Lines{"start 1.0 Son $21, Sr. Pérez.", "320", "end 1.0"}));
  EXPECT_NE(server.request(0).body.find("Son veintiún pesos, señor <phoneme alphabet=\"ipa\" "
                                        "ph=\"ˈpeɾes\">Pérez</phoneme>."),
            std::string::npos);
}

TEST_P(AzureTtsSrcTest, WithoutNormalisationTheServiceIsSentTheText) {
  gst_util_set_object_arg(G_OBJECT(element()), "normalise", "off");
  server.otherwise(speech({audio(320)}));
  start();
  push_text("Son $21.");
  until_messages("synthesis-done", 1);
  EXPECT_NE(server.request(0).body.find(">Son $21.<"), std::string::npos);
}

TEST_P(AzureTtsSrcTest, ADictionaryThatIsNotValidIsWarnedOfAndTheOneBeforeStays) {
  set("dictionary", R"({"a":"b"})");
  set("dictionary", "{");
  EXPECT_EQ(test.message_names(), Lines{"warning"});
  char* dictionary = nullptr;
  g_object_get(element(), "dictionary", &dictionary, nullptr);
  EXPECT_STREQ(OwnedString(dictionary).get(), R"({"a":"b"})");
}

INSTANTIATE_TEST_SUITE_P(Modes, AzureTtsSrcTest, ::testing::Values(IoMode::kInline, IoMode::kTask),
                         [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
