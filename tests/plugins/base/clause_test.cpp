#include "plugins/base/clause.h"

#include <gtest/gtest.h>

using namespace centralita;

TEST(Clause, ATaggedBufferKeepsItsTagThroughACopy) {
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  EXPECT_FALSE(clause_tag_of(buffer.get()));
  tag_clause(buffer.get(), {.turn = 3, .clause = 2});
  const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(buffer.get()));
  const auto tag = clause_tag_of(copy.get());
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->turn, 3u);
  EXPECT_EQ(tag->clause, 2u);
}

TEST(Clause, EventsAreReadBackAndNotMistakenForEachOther) {
  const auto start = clause_start_event({1, 2}, "Hola, ¿qué tal?");
  EXPECT_EQ(parse_clause_start(start.get())->text, "Hola, ¿qué tal?");
  EXPECT_FALSE(parse_clause_end(start.get()));
  EXPECT_FALSE(parse_reply_end(start.get()));
  EXPECT_EQ(parse_clause_end(clause_end_event({1, 2}).get())->clause, 2u);
  EXPECT_EQ(parse_reply_end(reply_end_event(7).get()), 7u);
  const auto speech = parse_speech_event(speech_event({SpeechEdge::kEnd, 5 * GST_SECOND}).get());
  EXPECT_EQ(speech->edge, SpeechEdge::kEnd);
  EXPECT_EQ(speech->running_time, 5 * GST_SECOND);
}

TEST(Clause, APossibleOnsetIsNoStart) {
  for (const auto onset : {SpeechOnset::kProbable, SpeechOnset::kRejected}) {
    const auto event = speech_onset_event({onset, 3 * GST_SECOND});
    EXPECT_EQ(parse_speech_onset_event(event.get())->onset, onset);
    EXPECT_EQ(parse_speech_onset_event(event.get())->running_time, 3 * GST_SECOND);
    EXPECT_FALSE(parse_speech_event(event.get()));
  }
  EXPECT_FALSE(parse_speech_onset_event(speech_event({SpeechEdge::kPause, 0}).get()));
}

TEST(Clause, AProvisionalClauseSaysSoOnItsBufferAndInItsStart) {
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  tag_clause(buffer.get(), {.turn = 3, .clause = 2, .provisional = true});
  EXPECT_TRUE(clause_tag_of(buffer.get())->provisional);
  EXPECT_TRUE(parse_clause_start(clause_start_event({3, 2, true}, "Sí.").get())->tag.provisional);
  EXPECT_FALSE(parse_clause_start(clause_start_event({3, 2}, "Sí.").get())->tag.provisional);
}

TEST(Clause, AConfirmationOvertakesWhatIsSerialized) {
  const auto event = reply_confirmed_event(4);
  EXPECT_EQ(parse_reply_confirmed(event.get()), 4u);
  EXPECT_EQ(GST_EVENT_TYPE(event.get()), GST_EVENT_CUSTOM_DOWNSTREAM_OOB);
  EXPECT_FALSE(parse_reply_end(event.get()));
}
