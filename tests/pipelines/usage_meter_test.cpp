// What a call is billed for, from the messages that its pipeline posts.
#include "pipelines/usage_meter.h"
#include "plugins/base/ref.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

struct UsageMeterTest : ::testing::Test {
  UsageMeterTest() { gst_init(nullptr, nullptr); }

  template <typename... Fields>
  void post(const char* name, Fields... fields) {
    const auto message = Ref<GstMessage>::adopt(
        gst_message_new_element(nullptr, gst_structure_new(name, fields..., nullptr)));
    meter.look(message.get());
  }
  void transcribe(std::chrono::nanoseconds speech, std::chrono::nanoseconds sent) {
    post("transcription-started", "start", G_TYPE_UINT64, guint64{5} * GST_SECOND, "end",
         G_TYPE_UINT64, 5 * GST_SECOND + static_cast<guint64>(speech.count()), "audio",
         G_TYPE_UINT64, static_cast<guint64>(sent.count()));
  }
  void ask(guint turn) { post("dialog-started", "turn", G_TYPE_UINT, turn); }
  void clause(guint turn, guint number, const char* text) {
    post("dialog-clause", "turn", G_TYPE_UINT, turn, "clause", G_TYPE_UINT, number, "text",
         G_TYPE_STRING, text);
  }
  void reply(guint turn, guint input, guint output) {
    post("dialog-reply", "turn", G_TYPE_UINT, turn, "prompt-tokens", G_TYPE_UINT, input,
         "completion-tokens", G_TYPE_UINT, output);
  }
  void speak(guint turn, guint number) {
    post("synthesis-started", "turn", G_TYPE_UINT, turn, "clause", G_TYPE_UINT, number);
  }
  void spoken(guint turn, guint number, const char* source) {
    post("synthesis-done", "turn", G_TYPE_UINT, turn, "clause", G_TYPE_UINT, number, "source",
         G_TYPE_STRING, source);
  }

  UsageMeter meter;
};

TEST_F(UsageMeterTest, OfACallThatUsedNothingNothingIsCounted) {
  EXPECT_EQ(meter.usage(), CallUsage{});
}

TEST_F(UsageMeterTest, AShortUtteranceIsBilledAsTenSecondsAndALongOneAsAllThatIsSent) {
  transcribe(1s, 1500ms);
  EXPECT_EQ(meter.usage().stt_audio, 10s);
  transcribe(11s, 11'500ms);
  EXPECT_EQ(meter.usage().stt_audio, 21'500ms) << "what came before and after the speech counts";
  transcribe(9'800ms, 10'300ms);
  EXPECT_EQ(meter.usage().stt_audio, 31'800ms);
  EXPECT_EQ(meter.usage().stt_requests, 3);
}

TEST_F(UsageMeterTest, ARequestThatWasWithdrawnWasMadeAllTheSame) {
  transcribe(1s, 1500ms);
  post("transcription-withdrawn", "reason", G_TYPE_STRING, "resumed");
  EXPECT_EQ(meter.usage().stt_requests, 1);
  EXPECT_EQ(meter.usage().stt_audio, 10s);
}

TEST_F(UsageMeterTest, TokensAreThoseThatTheModelSays) {
  ask(2);
  clause(2, 0, "Con gusto.");
  reply(2, 900, 12);
  ask(4);
  reply(4, 950, 30);
  const auto usage = meter.usage();
  EXPECT_EQ(usage.llm_input_tokens, 1850);
  EXPECT_EQ(usage.llm_output_tokens, 42);
  EXPECT_EQ(usage.llm_requests, 2);
  EXPECT_FALSE(usage.llm_estimated);
}

TEST_F(UsageMeterTest, OfAReplyThatIsCutOffTheTokensAreEstimatedByTheLastOnesAndItsLetters) {
  ask(2);
  reply(2, 900, 12);
  for (const char* how : {"dialog-cancelled", "dialog-withdrawn", "dialog-failed"}) {
    ask(4);
    clause(4, 0, "\u00bfQu\u00e9 d\u00eda?");  // nine letters, in more bytes
    post(how, "turn", G_TYPE_UINT, guint{4});
  }
  const auto usage = meter.usage();
  EXPECT_EQ(usage.llm_input_tokens, 4 * 900);
  EXPECT_EQ(usage.llm_output_tokens, 12 + 3 * 3);
  EXPECT_EQ(usage.llm_requests, 4);
  EXPECT_TRUE(usage.llm_estimated);
}

TEST_F(UsageMeterTest, WhatIsUnderWayWhenTheCallEndsCountsAsCutOffAndIsCountedOnce) {
  ask(2);
  clause(2, 0, "Con gusto le ayudo.");
  EXPECT_EQ(meter.usage().llm_requests, 1);
  EXPECT_EQ(meter.usage().llm_output_tokens, 5);
  reply(2, 100, 7);
  EXPECT_EQ(meter.usage().llm_requests, 1);
  EXPECT_EQ(meter.usage().llm_output_tokens, 7);
  EXPECT_FALSE(meter.usage().llm_estimated);
}

TEST_F(UsageMeterTest, WhatTheAgentSaysWithoutTheModelAsksNobodyForTokens) {
  clause(1, 0, "Buenos d\u00edas.");
  post("dialog-cancelled", "turn", G_TYPE_UINT, guint{1});
  EXPECT_EQ(meter.usage().llm_requests, 0);
  EXPECT_FALSE(meter.usage().llm_estimated);
}

TEST_F(UsageMeterTest, SpeechIsBilledByTheLetterAndWhatIsInTheCacheCostsNothing) {
  clause(1, 0, "\u00a1Adi\u00f3s!");
  speak(1, 0);
  EXPECT_EQ(meter.usage().tts_characters, 7) << "also while it is being spoken";
  spoken(1, 0, "service");
  clause(3, 0, "Con gusto.");
  speak(3, 0);
  spoken(3, 0, "cache");
  EXPECT_EQ(meter.usage().tts_characters, 7);
  EXPECT_EQ(meter.usage().tts_requests, 1);
  clause(5, 0, "Uno.");
  clause(5, 1, "Dos, tres.");
  speak(5, 1);  // cut off: it was asked for
  EXPECT_EQ(meter.usage().tts_characters, 17);
  EXPECT_EQ(meter.usage().tts_requests, 2);
}

TEST_F(UsageMeterTest, OtherMessagesAreNothing) {
  post("speech-start", "time", G_TYPE_UINT64, guint64{1});
  const auto eos = Ref<GstMessage>::adopt(gst_message_new_eos(nullptr));
  meter.look(eos.get());
  EXPECT_EQ(meter.usage(), CallUsage{});
}

}  // namespace
