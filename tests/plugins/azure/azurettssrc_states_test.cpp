// azurettssrc as an element among others: states in any order, events it does not know, formats.
#include "tests/plugins/azure/azurettssrc_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

struct AzureTtsSrcStatesTest : AzureTtsSrcTest {
  gboolean speak(const char* text) {
    gboolean accepted = FALSE;
    g_signal_emit_by_name(element(), "speak", text, &accepted);
    return accepted;
  }
  GstStateChangeReturn to(GstState state) { return gst_element_set_state(element(), state); }
};

}  // namespace

TEST_P(AzureTtsSrcStatesTest, StatesGoUpAndDownInEveryOrder) {
  server.otherwise(speech({audio(320)}, FakeAnswer::End::kHold));
  start();
  const GstState orders[][4] = {
      {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING},
      {GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_PLAYING},
      {GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL},
      {GST_STATE_PLAYING, GST_STATE_NULL, GST_STATE_PLAYING, GST_STATE_PAUSED},
      {GST_STATE_PLAYING, GST_STATE_PLAYING, GST_STATE_NULL, GST_STATE_NULL}};
  for (const auto& order : orders)
    for (const auto state : order) {
      ASSERT_NE(to(state), GST_STATE_CHANGE_FAILURE);
      EXPECT_EQ(speak("hola"), state >= GST_STATE_PAUSED);
    }
  EXPECT_TRUE(test.provider_errors().empty());
  // And it still works.
  to(GST_STATE_PLAYING);
  FakeAnswer whole = speech({audio(640)});
  server.otherwise(whole);
  EXPECT_TRUE(speak("fin"));
  until_messages("synthesis-done", 1);
}

TEST_P(AzureTtsSrcStatesTest, AStateChangeInEveryStageOfARequestLeavesNothingUnderWay) {
  server.answer(speech({}, FakeAnswer::End::kHold));            // connected, no audio
  server.answer(speech({audio(320)}, FakeAnswer::End::kHold));  // in the middle of the audio
  server.answer({.status = 503});                               // waiting for a repetition
  start();
  for (std::size_t n = 0; n < 3; ++n) {
    to(GST_STATE_PLAYING);
    EXPECT_TRUE(speak("hola"));
    until_requests(n + 1);
    if (n == 1)
      until_out("320");
    to(GST_STATE_READY);
    if (n < 2)
      test.until("the connection to close", [&] { return server.closed(n); });
  }
  test.run_for(200ms);
  EXPECT_EQ(server.requests(), 3u);
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(AzureTtsSrcStatesTest, ASeekIsRefusedAndChangesNothing) {
  server.otherwise(speech({audio(320)}));
  start();
  EXPECT_FALSE(
      gst_element_seek_simple(element(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SECOND));
  push_text("uno");
  until_out("end 1.0");
  EXPECT_EQ(output(), (Lines{"start 1.0 uno", "320", "end 1.0"}));
}

TEST_P(AzureTtsSrcStatesTest, EmptyBuffersAndBytesThatAreNoTextAreNoErrors) {
  server.otherwise(speech({audio(320)}));
  start();
  push_text("");
  push_text("\xFF\xFE");
  push_text(std::string_view("\0\0", 2));
  push_text("\xED\xA0\x80 uno");
  eos();
  until_out("eos");
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(AzureTtsSrcStatesTest, CapsThatChangeBetweenClausesChangeTheFormatAndNotTheAudioUnderWay) {
  server.answer(speech({}, FakeAnswer::End::kHold));
  server.otherwise(speech({audio(320)}));
  start("audio/x-mulaw, rate=8000, channels=1");
  push_text("uno");
  until_requests(1);
  gst_harness_set_sink_caps_str(test.harness(), "audio/x-alaw, rate=8000, channels=1");
  push_text("dos");
  until_requests(2);
  EXPECT_EQ(server.request(0).header("x-microsoft-outputformat"), "raw-8khz-8bit-mono-mulaw");
  EXPECT_EQ(server.request(1).header("x-microsoft-outputformat"), "raw-8khz-8bit-mono-alaw");
}

TEST_P(AzureTtsSrcStatesTest, WithoutACommonFormatThereIsAnErrorAndNoRequest) {
  start("audio/x-raw, format=F32LE, rate=44100, channels=2, layout=interleaved");
  push_text("uno");
  test.until("the error", [&] {
    const auto names = test.message_names();
    return std::find(names.begin(), names.end(), "error") != names.end();
  });
  EXPECT_EQ(server.requests(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Modes, AzureTtsSrcStatesTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });
