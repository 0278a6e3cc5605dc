// callsrc and callsink in one passive pipeline, everything on the test's own context.
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "pipelines/wire_format.h"
#include "plugins/base/io_context.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace centralita;

namespace {

struct CallEndsTest : ::testing::Test, CallSinkListener {
  CallEndsTest() {
    GST_ELEMENT_REGISTER(callsrc, nullptr);
    GST_ELEMENT_REGISTER(callsink, nullptr);
    g_main_context_push_thread_default(context.get());
    io.emplace(context, IoContext::make_session());
    pipeline = Ref<GstElement>::sink(
        gst_parse_launch("callsrc name=in caps=audio/x-mulaw,rate=8000,channels=1 ! "
                         "callsink name=out caps=audio/x-mulaw,rate=8000,channels=1",
                         nullptr));
    in = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "in"));
    const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
    call_sink_set_listener(out.get(), this);
    gst_element_set_context(pipeline.get(), io->to_gst().get());
    EXPECT_EQ(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  }
  ~CallEndsTest() override {
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    pipeline = nullptr;
    io.reset();
    g_main_context_pop_thread_default(context.get());
  }

  void on_frame(std::span<const std::uint8_t> frame, Time) override {
    said.push_back("frame " + std::to_string(frame.size()));
  }
  void on_clause_begins(const ClauseStart& clause, Time) override {
    said.push_back("begins " + clause.text);
  }
  void on_clause_ends(ClauseTag, Time) override { said.push_back("ends"); }
  void on_reply_ends(std::uint32_t turn, Time) override {
    said.push_back("reply " + std::to_string(turn));
  }
  void on_cleared(bool far_end_plays) override {
    said.push_back(far_end_plays ? "clear" : "nothing to clear");
  }

  void push(std::size_t bytes) {
    EXPECT_EQ(call_src_push(in.get(), std::vector<std::uint8_t>(bytes, 0x55), pts), GST_FLOW_OK);
    pts += bytes * 125'000;
  }
  void send(Ref<GstEvent> event) {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(in.get(), "src"));
    gst_pad_push_event(pad.get(), event.release());
  }

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<IoContext> io;
  Ref<GstElement> pipeline, in;
  GstClockTime pts = 0;
  std::vector<std::string> said;
};

}  // namespace

TEST_F(CallEndsTest, AudioComesOutAsWholeFramesOnTheThreadThatPushedIt) {
  push(100);
  EXPECT_TRUE(said.empty());
  push(100);
  EXPECT_EQ(said, std::vector<std::string>{"frame 160"});
}

TEST_F(CallEndsTest, ClausesAndTheEndOfAReplyKeepTheirPlace) {
  push(160);
  send(clause_start_event({1, 0}, "Hola."));
  push(200);
  send(clause_end_event({1, 0}));
  send(reply_end_event(1));
  EXPECT_EQ(said, (std::vector<std::string>{"frame 160", "begins Hola.", "frame 160", "frame 160",
                                            "ends", "reply 1"}));
}

TEST_F(CallEndsTest, FramesBeyondTheLeadFollowByTheTimerAndAFlushDropsTheRest) {
  push(160 * 30);
  EXPECT_EQ(said.size(), 10u);
  while (said.size() < 12) g_main_context_iteration(context.get(), TRUE);
  send(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  EXPECT_EQ(said.back(), "clear");
  send(Ref<GstEvent>::adopt(gst_event_new_flush_stop(FALSE)));
  const auto before = said.size();
  send(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
  send(Ref<GstEvent>::adopt(gst_event_new_flush_stop(FALSE)));
  EXPECT_EQ(said.size(), before + 1);
  EXPECT_EQ(said.back(), "nothing to clear");
}

TEST(WireFormat, CapsAreReadBackAsTheFormatTheyWereMadeOf) {
  using enum WireFormat::Encoding;
  for (const WireFormat format :
       {WireFormat{kMulaw, 8000}, WireFormat{kAlaw, 8000}, WireFormat{kPcm, 16000}})
    EXPECT_EQ(WireFormat::from_caps(format.caps().get()), format);
  EXPECT_FALSE(WireFormat::from_caps(nullptr));
}
