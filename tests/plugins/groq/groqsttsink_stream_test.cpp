// groqsttsink and what a stream may do: rates, odd buffers, missing times, seeks, states.
#include "tests/plugins/groq/form_parts.h"
#include "tests/plugins/groq/groqsttsink_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;

namespace {

struct GroqSttSinkStreamTest : GroqSttSinkTest {
  GroqSttSinkStreamTest() { server.otherwise(text("hola")); }

  void set_rate(int rate) {
    const auto caps =
        "audio/x-raw, format=S16LE, channels=1, layout=interleaved, rate=" + std::to_string(rate);
    gst_harness_set_src_caps_str(test.harness(), caps.c_str());
  }
  // Loud, and every sample another: what is uploaded can be compared.
  static std::string noise(std::size_t bytes) {
    std::string out(bytes, '\0');
    std::uint32_t state = 1;
    for (auto& byte : out) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<char>(state >> 24);
    }
    return out;
  }
  GstFlowReturn push_bytes(const std::string& bytes, GstClockTime pts = GST_CLOCK_TIME_NONE,
                           bool discont = false) {
    auto* buffer =
        bytes.empty() ? gst_buffer_new() : gst_buffer_new_memdup(bytes.data(), bytes.size());
    GST_BUFFER_PTS(buffer) = pts;
    if (discont)
      GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
    return gst_harness_push(test.harness(), buffer);
  }
  std::string uploaded(std::size_t request) {
    return part(server.request(request), "file").substr(44);
  }
  std::shared_ptr<GstStructure> transcript(std::size_t n) {
    until_messages("transcript", n + 1);
    return test.messages("transcript")[n];
  }
};

}  // namespace

TEST_P(GroqSttSinkStreamTest, EveryRateIsSentAsItComes) {
  start();
  const std::vector<int> rates{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
  std::size_t n = 0;
  for (const int rate : rates) {
    set_rate(rate);
    // Half a second.
    EXPECT_EQ(push_bytes(noise(static_cast<std::size_t>(rate / 2 * 2))), GST_FLOW_OK);
  }
  eos();
  until_messages("transcript", rates.size());
  std::map<int, std::size_t> sizes;  // overlapping, they arrive in any order
  for (; n < rates.size(); ++n) {
    const auto wav = part(server.request(n), "file");
    sizes[rate_of(wav)] = wav.size() - 44;
  }
  for (const int rate : rates)
    EXPECT_EQ(sizes[rate], static_cast<std::size_t>(rate / 2 * 2)) << rate;
}

TEST_P(GroqSttSinkStreamTest, RatesItCannotSendAreNotTaken) {
  start();
  for (const char* caps : {"audio/x-raw, format=S16LE, rate=4000, channels=1, layout=interleaved",
                           "audio/x-raw, format=S16LE, rate=96000, channels=1, layout=interleaved",
                           "audio/x-raw, format=S16LE, rate=16000, channels=2, layout=interleaved",
                           "audio/x-raw, format=F32LE, rate=16000, channels=1, layout=interleaved",
                           "audio/x-mulaw, rate=8000, channels=1"}) {
    const auto asked = Ref<GstCaps>::adopt(gst_caps_from_string(caps));
    auto* pad = gst_element_get_static_pad(element(), "sink");
    EXPECT_FALSE(gst_pad_query_accept_caps(pad, asked.get())) << caps;
    gst_object_unref(pad);
  }
}

TEST_P(GroqSttSinkStreamTest, AudioBeforeItsCapsIsRefused) {
  test.start("sink", "src");
  push_event(Ref<GstEvent>::adopt(gst_event_new_stream_start("x")));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  push_event(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  EXPECT_EQ(push_bytes("abcd"), GST_FLOW_NOT_NEGOTIATED);
}

TEST_P(GroqSttSinkStreamTest, BuffersOfAnySizeLoseNothing) {
  start();
  set("max-utterance", 60);
  const auto all = noise(2 * 16000 * 12);
  std::size_t at = 0;
  const auto push_next = [&](std::size_t size) {
    size = std::min(size, all.size() - at);
    ASSERT_EQ(push_bytes(all.substr(at, size)), GST_FLOW_OK);
    at += size;
  };
  for (int i = 0; i < 300; ++i) push_next(1);
  for (const std::size_t size : {3u, 0u, 7u, 1u, 320u, 641u, 2u, 1u, 65537u}) push_next(size);
  push_next(2 * 16000 * 10);  // ten seconds
  push_next(all.size());
  ASSERT_EQ(at, all.size());
  eos();
  transcript(0);
  EXPECT_EQ(uploaded(0), all);
}

TEST_P(GroqSttSinkStreamTest, ADiscontinuityDropsTheHalfOfASample) {
  start();
  push_bytes(noise(2 * 16000) + "x");
  push_bytes(noise(2 * 16000), GST_CLOCK_TIME_NONE, true);
  eos();
  transcript(0);
  EXPECT_EQ(uploaded(0), noise(2 * 16000) + noise(2 * 16000));
}

TEST_P(GroqSttSinkStreamTest, WithoutTimestampsTheSamplesAreTheClock) {
  start();
  for (int i = 0; i < 50; ++i) push_bytes(noise(640));
  eos();
  EXPECT_EQ(number_of(transcript(0).get(), "start"), 0u);
  EXPECT_EQ(number_of(transcript(0).get(), "end"), GST_SECOND);
}

TEST_P(GroqSttSinkStreamTest, TimesAreRunningTimesOfTheSegment) {
  start();
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  segment.base = 3 * GST_SECOND;
  push_event(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  push_bytes(noise(32000), 11 * GST_SECOND);
  eos();
  EXPECT_EQ(number_of(transcript(0).get(), "start"), 4 * GST_SECOND);
  EXPECT_EQ(number_of(transcript(0).get(), "end"), 5 * GST_SECOND);
}

TEST_P(GroqSttSinkStreamTest, AGapInTheTimesMovesWhatFollows) {
  start();
  push_bytes(noise(32000), 0);
  push_bytes(noise(32000), 5 * GST_SECOND, true);
  speech(SpeechEdge::kStart, 5200ms);
  speech(SpeechEdge::kEnd, 5900ms);
  EXPECT_EQ(number_of(transcript(0).get(), "start"), 5200 * GST_MSECOND);
  // 300 ms before the start; the last sample is at 6000 ms.
  EXPECT_EQ(milliseconds_of(server.request(0)), 1100);
}

TEST_P(GroqSttSinkStreamTest, AfterASeekNothingOfBeforeIsSent) {
  start();
  push_audio(1s);
  speech(SpeechEdge::kStart, 400ms);
  push_event(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  push_event(Ref<GstEvent>::adopt(gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 60 * GST_SECOND;
  push_event(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  push_bytes(noise(32000), 60 * GST_SECOND);
  speech(SpeechEdge::kStart, 200ms);
  speech(SpeechEdge::kEnd, 700ms);
  EXPECT_EQ(number_of(transcript(0).get(), "start"), 200 * GST_MSECOND);
  EXPECT_EQ(milliseconds_of(server.request(0)), 900);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(GroqSttSinkStreamTest, AnotherRateInTheMiddleOfSpeechIsTwoUploads) {
  start();
  push_bytes(noise(32000));
  speech(SpeechEdge::kStart, 300ms);
  set_rate(8000);
  push_bytes(noise(16000));
  speech(SpeechEdge::kEnd, 1500ms);
  until_messages("transcript", 2);
  EXPECT_EQ(number_of(transcript(0).get(), "end"), GST_SECOND);
  EXPECT_EQ(number_of(transcript(1).get(), "start"), GST_SECOND);
  EXPECT_EQ(number_of(transcript(1).get(), "end"), 1500 * GST_MSECOND);
}

TEST_P(GroqSttSinkStreamTest, EosWithoutAnyAudioIsPassedOn) {
  start();
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  EXPECT_EQ(server.requests(), 0u);
}

TEST_P(GroqSttSinkStreamTest, StatesMayChangeInEveryOrder) {
  start();
  constexpr GstState kStates[] = {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED,
                                  GST_STATE_PLAYING};
  for (const auto from : kStates)
    for (const auto to : kStates)
      for (const auto then : kStates)
        for (const auto state : {from, to, then}) {
          ASSERT_NE(gst_element_set_state(element(), state), GST_STATE_CHANGE_FAILURE);
          EXPECT_EQ(GST_STATE(element()), state);
        }
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(GroqSttSinkStreamTest, AfterReadyItBeginsAgain) {
  start();
  say();
  transcript(0);
  gst_element_set_state(element(), GST_STATE_READY);
  gst_element_set_state(element(), GST_STATE_PLAYING);
  // The pad has forgotten everything; the harness' own pad has not.
  push_event(Ref<GstEvent>::adopt(gst_event_new_stream_start("again")));
  set_rate(16000);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  push_event(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  say();
  EXPECT_EQ(number_of(transcript(1).get(), "utterance"), 1u);
}

TEST_P(GroqSttSinkStreamTest, ManyUtterancesKeepTheirOrder) {
  constexpr std::size_t kMany = 60;
  for (std::size_t i = 1; i <= kMany; ++i) server.answer(text("frase"));
  start();
  for (std::size_t i = 0; i < kMany; ++i) say();
  eos();
  test.until("EOS", [&] { return GST_PAD_IS_EOS(test.harness()->sinkpad); });
  const auto transcripts = test.messages("transcript");
  ASSERT_EQ(transcripts.size(), kMany);
  for (std::size_t i = 0; i < kMany; ++i)
    EXPECT_EQ(number_of(transcripts[i].get(), "utterance"), i + 1);
  EXPECT_EQ(test.take_buffers().size(), kMany);
}

INSTANTIATE_TEST_SUITE_P(Modes, GroqSttSinkStreamTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });

// No element test of its own: nobody is left to ask.
TEST(GroqSttSink, MayBeDisposedInMidRequest) {
  FakeHttp server;
  server.otherwise({.end = FakeAnswer::End::kSilent});
  auto* harness = gst_harness_new_with_element(
      GST_ELEMENT(
          g_object_new(CENTRALITA_TYPE_GROQ_STT_SINK, "base-url", server.url().c_str(), nullptr)),
      "sink", "src");
  gst_object_unref(harness->element);  // the harness has its own reference
  gst_harness_set_src_caps_str(
      harness, "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved");
  GstBuffer* audio = gst_buffer_new_allocate(nullptr, 64000, nullptr);
  gst_buffer_memset(audio, 0, 0x55, 64000);
  gst_harness_push(harness, audio);
  gst_harness_push_event(harness, gst_event_new_eos());
  (void)server.request(0);
  gst_harness_teardown(harness);
  EXPECT_EQ(server.requests(), 1u);
}
