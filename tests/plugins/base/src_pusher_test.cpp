#include "plugins/base/src_pusher.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

using centralita::Ref;
using centralita::SrcPusher;

namespace {

// A source element with nothing but a pad, the pusher on it and a harness behind it.
struct SrcPusherTest : ::testing::TestWithParam<SrcPusher::Mode> {
  SrcPusherTest() {
    gst_element_add_pad(bin, pad);
    harness = gst_harness_new_with_element(bin, nullptr, "src");
    gst_element_set_state(bin, GST_STATE_PAUSED);
    gst_pad_set_active(pad, TRUE);
    pusher.start(GetParam());
    pusher.set_caps(Ref<GstCaps>::adopt(gst_caps_from_string("text/x-raw,format=utf8")));
  }
  ~SrcPusherTest() override {
    pusher.stop();
    gst_element_set_state(bin, GST_STATE_NULL);
    gst_harness_teardown(harness);
    gst_object_unref(bin);
  }
  static Ref<GstBuffer> text(const char* words, GstClockTime duration = GST_SECOND) {
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(words, strlen(words)));
    GST_BUFFER_DURATION(buffer.get()) = duration;
    return buffer;
  }

  GstElement* bin = GST_ELEMENT(gst_object_ref_sink(gst_bin_new("source")));
  GstPad* pad = gst_pad_new("src", GST_PAD_SRC);
  SrcPusher pusher{pad};
  GstHarness* harness;
};

}  // namespace

TEST_P(SrcPusherTest, StreamStartCapsAndSegmentGoFirstAndBuffersFollowOn) {
  pusher.push(text("uno"));
  pusher.push(text("dos"));
  const auto first = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  const auto second = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  EXPECT_EQ(GST_BUFFER_PTS(first.get()), 0u);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(first.get(), GST_BUFFER_FLAG_DISCONT));
  EXPECT_EQ(GST_BUFFER_PTS(second.get()), GST_SECOND);
  EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(second.get(), GST_BUFFER_FLAG_DISCONT));
  for (const auto type : {GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT}) {
    const auto event = Ref<GstEvent>::adopt(gst_harness_pull_event(harness));
    EXPECT_EQ(GST_EVENT_TYPE(event.get()), type);
  }
}

TEST_P(SrcPusherTest, AfterAFlushASegmentIsSentAgainAndTheBufferIsDiscont) {
  pusher.push(text("uno"));
  (void)Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  pusher.flush();
  pusher.push(text("dos"));
  const auto buffer = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT));
  std::vector<GstEventType> types;
  while (auto event = Ref<GstEvent>::adopt(gst_harness_try_pull_event(harness)))
    types.push_back(GST_EVENT_TYPE(event.get()));
  EXPECT_EQ(types, (std::vector{GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT,
                                GST_EVENT_FLUSH_START, GST_EVENT_FLUSH_STOP, GST_EVENT_SEGMENT}));
}

TEST_P(SrcPusherTest, EosKeepsItsPlaceBehindTheBuffers) {
  pusher.push(text("uno"));
  pusher.push_event(Ref<GstEvent>::adopt(gst_event_new_eos()));
  const auto buffer = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  EXPECT_TRUE(buffer);
  GstEventType last = GST_EVENT_UNKNOWN;
  while (last != GST_EVENT_EOS) {
    const auto event = Ref<GstEvent>::adopt(gst_harness_pull_event(harness));
    ASSERT_TRUE(event);
    last = GST_EVENT_TYPE(event.get());
  }
}

TEST_P(SrcPusherTest, NothingIsPushedOnceStopped) {
  pusher.stop();
  pusher.push(text("uno"));
  EXPECT_EQ(gst_harness_buffers_received(harness), 0u);
}

INSTANTIATE_TEST_SUITE_P(Modes, SrcPusherTest,
                         ::testing::Values(SrcPusher::Mode::kInline, SrcPusher::Mode::kTask));
