// A groqsttsink against the fake provider.
#pragma once

#include "plugins/base/clause.h"
#include "plugins/groq/groqsttsink.h"
#include "tests/support/element_test.h"
#include "tests/support/fake_http.h"

#include <gtest/gtest.h>

namespace centralita::test {

struct GroqSttSinkTest : ::testing::TestWithParam<IoMode> {
  static constexpr int kRate = 16000;

  GroqSttSinkTest() { set("base-url", server.url().c_str()); }

  template <typename T>
  void set(const char* property, T value) {
    g_object_set(element(), property, value, nullptr);
  }
  GstElement* element() { return test.element(); }

  void start(const char* src_pad = "src") {
    test.start("sink", src_pad);
    gst_harness_set_src_caps_str(test.harness(),
                                 "audio/x-raw, format=S16LE, rate=16000, channels=1, "
                                 "layout=interleaved");
  }
  // 20 ms buffers, stamped: 160 ms of a loud tone, 80 ms of quiet, and so on; `quiet`: no tone.
  void push_audio(std::chrono::milliseconds duration, bool quiet = false) {
    for (std::int64_t i = 0; i < duration.count() / 20; ++i, ++frames) {
      std::vector<std::int16_t> samples(kRate / 50);
      const int loudness = quiet || frames % 12 >= 8 ? 10 : 6000;
      for (std::size_t n = 0; n < samples.size(); ++n)
        samples[n] = static_cast<std::int16_t>(n / 40 % 2 == 0 ? loudness : -loudness);
      auto buffer = Ref<GstBuffer>::adopt(
          gst_buffer_new_memdup(samples.data(), samples.size() * sizeof(std::int16_t)));
      GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(frames) * 20 * GST_MSECOND;
      GST_BUFFER_DURATION(buffer.get()) = 20 * GST_MSECOND;
      ASSERT_EQ(gst_harness_push(test.harness(), buffer.release()), GST_FLOW_OK);
    }
  }
  void push_event(Ref<GstEvent> event) {
    ASSERT_TRUE(gst_harness_push_event(test.harness(), event.release()));
  }
  void speech(SpeechEdge edge, std::chrono::milliseconds at) {
    push_event(speech_event({edge, static_cast<GstClockTime>(at.count()) * GST_MSECOND}));
  }
  // Half a second of speech with its events, as voicevad gives it.
  void say() {
    const std::chrono::milliseconds now(frames * 20);
    push_audio(std::chrono::milliseconds(700));
    speech(SpeechEdge::kStart, now + std::chrono::milliseconds(100));
    speech(SpeechEdge::kEnd, now + std::chrono::milliseconds(600));
  }
  void eos() { push_event(Ref<GstEvent>::adopt(gst_event_new_eos())); }

  static FakeAnswer text(const std::string& words,
                         FakeAnswer::End end = FakeAnswer::End::kComplete) {
    return {.content_type = "application/json",
            .chunks = {R"({"language":"Spanish","text":" )" + words + "\"}"},
            .end = end};
  }
  void until_messages(const char* name, std::size_t count) {
    test.until(name, [&] { return test.messages(name).size() >= count; });
  }
  void until_requests(std::size_t count) {
    test.until("requests", [&] { return server.requests() >= count; });
  }

  FakeHttp server;
  ElementTest test{CENTRALITA_TYPE_GROQ_STT_SINK, GetParam()};
  std::int64_t frames = 0;
};

}  // namespace centralita::test
