#include "pipelines/reply.h"

#include <gtest/gtest.h>

using centralita::Reply;
using namespace std::chrono_literals;

namespace {
// Asked 1.0 s after the caller's last sample (700 to be sure, 300 to transcribe), first clause
// after 250 ms, its audio 150 ms later, the first voiced sample of it 40 ms after that.
struct ReplyTest : ::testing::Test {
  ReplyTest() {
    reply.answers = 10s;
    reply.asked = 11s;
    reply.timings.endpointing = 700;
    reply.timings.stt = 300;
    reply.first_token(11s + 200ms, 200);
    reply.clause_came(11s + 250ms, "Con gusto.");
    reply.first_audio(11s + 400ms, 150);
  }
  Reply reply;
};
}  // namespace

TEST_F(ReplyTest, ItsStagesAndTheRestAddUpToTheResponseTime) {
  reply.voice_out(11s + 440ms);
  reply.reckon_queue();
  EXPECT_EQ(reply.timings.response, 1440);
  EXPECT_EQ(reply.timings.queue, 40);
}

TEST_F(ReplyTest, OnlyTheFirstClauseCounts) {
  reply.clause_came(12s, "El martes.");
  reply.first_token(12s, 900);
  reply.first_audio(12s, 900);
  EXPECT_EQ(reply.text, "Con gusto. El martes.");
  EXPECT_EQ(reply.timings.llm_first_clause, 250);
  EXPECT_EQ(reply.timings.llm_first_token, 200);
  EXPECT_EQ(reply.timings.tts_first_byte, 150);
}

TEST_F(ReplyTest, AMarkThatComesLateSaysHowMuchLaterItWasHeardAtTheMost) {
  reply.voice_out(11s + 440ms);
  reply.first_clause_played = 13s;
  reply.first_clause_heard(13s + 120ms);
  EXPECT_EQ(reply.timings.heard, 1560);
}

TEST(Reply, AGreetingAnswersNobodyAndHasNoResponseTime) {
  Reply greeting;
  greeting.first_audio(5s, 150);
  greeting.voice_out(5s);
  greeting.first_clause_played = 6s;
  greeting.first_clause_heard(6s);
  greeting.reckon_queue();
  EXPECT_FALSE(greeting.timings.response);
  EXPECT_FALSE(greeting.timings.heard);
  EXPECT_FALSE(greeting.timings.queue);
}

TEST(Reply, MadeAheadOnlyWhatIsLeftOfItsStagesIsWaitedFor) {
  Reply reply;
  reply.answers = 10s;
  reply.asked = 10s + 500ms;  // at a pause; sure of it at 10.7 s
  reply.timings.endpointing = 700;
  reply.timings.stt = 0;
  reply.first_token(10s + 600ms, 100);
  reply.clause_came(10s + 650ms, "Con gusto.");
  reply.confirmed(10s + 700ms);
  reply.first_audio(10s + 800ms, 150);
  reply.voice_out(10s + 820ms);
  reply.reckon_queue();
  EXPECT_EQ(reply.timings.response, 820);
  EXPECT_EQ(reply.timings.llm_first_token, 0);
  EXPECT_EQ(reply.timings.llm_first_clause, 0);
  EXPECT_EQ(reply.timings.tts_first_byte, 100);
  EXPECT_EQ(reply.timings.queue, 20);
}
