#include "plugins/base/ref.h"

#include <gst/audio/audio.h>
#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <vector>

using namespace centralita;

namespace {

constexpr GstClockTime kFrame = 20 * GST_MSECOND;
constexpr gsize kFrameBytes = 320;  // at 8 kHz

struct SpeechGate : ::testing::Test {
  SpeechGate() {
    harness = gst_harness_new("speechgate");
    g_object_set(harness->element, "pre-roll", 60u, nullptr);
    gst_harness_set_src_caps_str(
        harness, "audio/x-raw,format=S16LE,layout=interleaved,rate=8000,channels=1");
  }
  ~SpeechGate() override { gst_harness_teardown(harness); }

  // 's' is a frame of speech, '.' one of silence, '?' one without a mark.
  void push(const char* frames) {
    for (; *frames; ++frames) {
      auto* buffer = gst_buffer_new_allocate(nullptr, kFrameBytes, nullptr);
      GST_BUFFER_PTS(buffer) = next++ * kFrame;
      if (*frames != '?')
        gst_buffer_add_audio_level_meta(buffer, 30, *frames == 's');
      EXPECT_EQ(gst_harness_push(harness, buffer), GST_FLOW_OK);
    }
  }
  // Numbers of the frames that came through; one that is marked DISCONT is negative.
  std::vector<int> passed() {
    std::vector<int> frames;
    while (const auto buffer = Ref<GstBuffer>::adopt(gst_harness_try_pull(harness))) {
      const int number = static_cast<int>(GST_BUFFER_PTS(buffer.get()) / kFrame);
      frames.push_back(GST_BUFFER_IS_DISCONT(buffer.get()) ? -number : number);
    }
    return frames;
  }

  GstHarness* harness = nullptr;
  guint64 next = 1;
};

}  // namespace

TEST_F(SpeechGate, SpeechPassesWithWhatCameBeforeItAndEachPieceBeginsWithADiscont) {
  push(".....sss....s");
  EXPECT_EQ(passed(), (std::vector<int>{-3, 4, 5, 6, 7, 8, -10, 11, 12, 13}));
}

TEST_F(SpeechGate, WhatIsNotMarkedIsNotSpeech) {
  push("?????");
  EXPECT_TRUE(passed().empty());
}

TEST_F(SpeechGate, APauseShorterThanThePreRollMakesNoNewPiece) {
  push("s.s");
  EXPECT_EQ(passed(), (std::vector<int>{-1, 2, 3}));
}

TEST_F(SpeechGate, WithoutPreRollOnlySpeechPasses) {
  g_object_set(harness->element, "pre-roll", 0u, nullptr);
  push("..s..s");
  EXPECT_EQ(passed(), (std::vector<int>{-3, -6}));
}

TEST_F(SpeechGate, AFlushForgetsWhatCameBefore) {
  push("...");
  EXPECT_TRUE(gst_harness_push_event(harness, gst_event_new_flush_start()));
  EXPECT_TRUE(gst_harness_push_event(harness, gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  EXPECT_TRUE(gst_harness_push_event(harness, gst_event_new_segment(&segment)));
  push("s");
  EXPECT_EQ(passed(), (std::vector<int>{-4}));
}
