#include "plugins/groq/utterance_buffer.h"

#include <gtest/gtest.h>

#include <numeric>

using namespace centralita;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

constexpr int kRate = 8000;
constexpr UtteranceBuffer::Settings kByEvents{.segmentation = Segmentation::kEvents};

// A ramp: the value of a sample is its position (up to 32767), so what was cut out can be read
// back.
struct Ramp {
  std::vector<std::int16_t> next(std::chrono::milliseconds duration) {
    std::vector<std::int16_t> samples(static_cast<std::size_t>(duration.count()) * kRate / 1000);
    for (auto& s : samples) s = static_cast<std::int16_t>(position++ % 32768);
    return samples;
  }
  int position = 0;
};

}  // namespace

TEST(UtteranceBuffer, AnUtteranceReachesFromThePreRollToTheTail) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(2000ms), 0ns);
  buffer.speech_start(1500ms);
  buffer.push(ramp.next(2000ms), 2000ms);
  const auto utterance = buffer.speech_end(3000ms);
  ASSERT_TRUE(utterance);
  EXPECT_EQ(utterance->samples.front(), 1200 * 8);
  EXPECT_EQ(utterance->samples.back(), 3200 * 8 - 1);
  EXPECT_EQ(utterance->start, 1500ms);
  EXPECT_EQ(utterance->end, 3000ms);
  EXPECT_EQ(utterance->rate, kRate);
}

TEST(UtteranceBuffer, RunningTimesNeedNotStartAtZero) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 100s);
  buffer.speech_start(100s + 500ms);
  const auto utterance = buffer.speech_end(100s + 600ms);
  EXPECT_EQ(utterance->samples.front(), 200 * 8);
  EXPECT_EQ(utterance->samples.back(), 800 * 8 - 1);
}

TEST(UtteranceBuffer, WithoutRunningTimesTheSamplesAreCounted) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  for (int i = 0; i < 50; ++i) buffer.push(ramp.next(20ms), std::nullopt);
  EXPECT_EQ(buffer.now(), 1s);
}

TEST(UtteranceBuffer, NobodyWaitsForATailThatHasNotArrived) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  buffer.speech_start(500ms);
  EXPECT_EQ(buffer.speech_end(950ms)->samples.back(), 1000 * 8 - 1);
}

TEST(UtteranceBuffer, ThePreRollTakesNothingThatWasSentBefore) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  buffer.speech_start(300ms);
  (void)buffer.speech_end(600ms);  // with its tail until 800
  buffer.speech_start(900ms);
  EXPECT_EQ(buffer.speech_end(950ms)->samples.front(), 800 * 8);
}

TEST(UtteranceBuffer, AStartOlderThanWhatIsKeptBeginsWithWhatIsKept) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  for (int i = 0; i < 500; ++i) buffer.push(ramp.next(20ms), std::chrono::milliseconds(20 * i));
  buffer.speech_start(0ns);
  const auto utterance = buffer.speech_end(10s);
  EXPECT_EQ(utterance->samples.size(), 1300u * 8);
}

TEST(UtteranceBuffer, HoursOfSilenceHoldNoMoreThanThePreRollAndTheDetectorsDelay) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  for (int i = 0; i < 10000; ++i) buffer.push(ramp.next(20ms), std::nullopt);
  EXPECT_LE(buffer.samples_held(), 1300u * 8);
}

TEST(UtteranceBuffer, ATooLongUtteranceIsCutAndGoesOnWithoutALostSample) {
  UtteranceBuffer buffer(kRate, {.segmentation = Segmentation::kEvents, .max = 1s});
  Ramp ramp;
  buffer.push(ramp.next(400ms), 0ns);
  buffer.speech_start(300ms);
  auto pieces = buffer.push(ramp.next(2100ms), std::nullopt);
  ASSERT_EQ(pieces.size(), 2u);
  pieces.push_back(*buffer.speech_end(2300ms));
  EXPECT_EQ(pieces[0].start, 300ms);
  EXPECT_GE(pieces[0].samples.size(), 750u * 8);
  EXPECT_LE(pieces[0].samples.size(), 1000u * 8);
  EXPECT_EQ(pieces[1].start, pieces[0].end);
  EXPECT_EQ(pieces[2].end, 2300ms);
  int expected = 0;
  for (const auto& piece : pieces)
    for (const auto sample : piece.samples) ASSERT_EQ(sample, expected++);
  EXPECT_EQ(expected, 2500 * 8);
}

TEST(UtteranceBuffer, ItIsCutInThePauseBeforeTheMaximum) {
  UtteranceBuffer buffer(kRate, {.segmentation = Segmentation::kEos, .max = 4s});
  std::vector<std::int16_t> loud(3500 * 8, 9000), quiet(300 * 8, 2), rest(1000 * 8, 9000);
  for (auto* part : {&loud, &quiet}) EXPECT_TRUE(buffer.push(*part, std::nullopt).empty());
  const auto pieces = buffer.push(rest, std::nullopt);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_GE(pieces[0].end, 3600ms);
  EXPECT_LE(pieces[0].end, 3700ms);
}

TEST(UtteranceBuffer, APauseGivesWhatThereIsAndTheUtteranceStaysOpen) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(2000ms), 0ns);
  buffer.speech_start(1000ms);
  const auto so_far = buffer.speech_pause(1850ms);
  ASSERT_TRUE(so_far);
  EXPECT_EQ(so_far->samples.front(), 700 * 8);
  EXPECT_EQ(so_far->samples.back(), 2000 * 8 - 1);
  EXPECT_EQ(so_far->start, 1000ms);
  EXPECT_EQ(so_far->end, 1850ms);
  buffer.push(ramp.next(1000ms), std::nullopt);
  buffer.speech_resume(2100ms);
  const auto whole = buffer.speech_end(2500ms);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->samples.front(), 700 * 8);
  EXPECT_EQ(whole->samples.back(), 2700 * 8 - 1);
  // Voiced: 850 and 400 ms, with 250 ms between.
  EXPECT_EQ(whole->evidence().voiced, 1250ms);
  EXPECT_EQ(whole->evidence(0ms, 1150ms).voiced, 850ms);
}

TEST(UtteranceBuffer, APauseWithoutSpeechIsNothing) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  EXPECT_FALSE(buffer.speech_pause(500ms));
  buffer.speech_resume(700ms);
  EXPECT_FALSE(buffer.speech_end(900ms));
}

TEST(UtteranceBuffer, WithoutEventsTheBuffersOwnMarksSayWhatWasVoiced) {
  UtteranceBuffer buffer(kRate, {});
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns, false);
  buffer.push(ramp.next(400ms), std::nullopt, true);
  buffer.push(ramp.next(200ms), std::nullopt, true);
  buffer.push(ramp.next(400ms), std::nullopt, false);
  EXPECT_EQ(buffer.finish()->evidence().voiced, 600ms);
}

TEST(UtteranceBuffer, AnotherRateInTheMiddleOfSpeechLosesNothing) {
  UtteranceBuffer first(kRate, kByEvents);
  Ramp ramp;
  first.push(ramp.next(2000ms), 3s);
  first.speech_start(4500ms);
  auto second = first.successor(16000);
  EXPECT_EQ(first.finish()->end, 5s);
  EXPECT_EQ(second.rate(), 16000);
  EXPECT_EQ(second.now(), 5s);
  second.push(std::vector<std::int16_t>(16000), std::nullopt);
  const auto rest = second.speech_end(5600ms);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->start, 5s);
  EXPECT_EQ(rest->samples.size(), 800u * 16);
}

TEST(UtteranceBuffer, AFlushForgetsTheSpeechAndKeepsThatThereAreEvents) {
  UtteranceBuffer buffer(kRate, {});
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  buffer.speech_start(500ms);
  buffer.flush();
  EXPECT_EQ(buffer.samples_held(), 0u);
  buffer.push(ramp.next(1000ms), 0ns);
  EXPECT_FALSE(buffer.finish());
}

TEST(Utterance, TwoJoinedAreOneBehindTheOther) {
  const Utterance first{
      .samples = {1, 2, 3}, .rate = kRate, .start = 1s, .end = 2s, .voiced = {{1, 3}}};
  const Utterance second{
      .samples = {4, 5}, .rate = kRate, .start = 3s, .end = 4s, .voiced = {{0, 1}}};
  const auto both = joined(first, second);
  EXPECT_EQ(both.samples, (std::vector<std::int16_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(both.start, 1s);
  EXPECT_EQ(both.end, 4s);
  ASSERT_EQ(both.voiced.size(), 2u);
  EXPECT_EQ(both.voiced[1].from, 3u);
  EXPECT_EQ(both.voiced[1].to, 4u);
}

TEST(UtteranceBuffer, AnEndWithoutAStartAndAStartTwiceDoNothing) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  EXPECT_FALSE(buffer.speech_end(500ms));
  buffer.speech_start(500ms);
  buffer.speech_start(900ms);
  EXPECT_EQ(buffer.speech_end(950ms)->start, 500ms);
}

TEST(UtteranceBuffer, WithoutEventsEverythingIsOneUtterance) {
  UtteranceBuffer buffer(kRate, {});
  Ramp ramp;
  buffer.push(ramp.next(3000ms), 5s);
  buffer.push(ramp.next(1000ms), std::nullopt);
  const auto utterance = buffer.finish();
  ASSERT_TRUE(utterance);
  EXPECT_EQ(utterance->samples.size(), 4000u * 8);
  EXPECT_EQ(utterance->start, 5s);
  EXPECT_EQ(utterance->end, 9s);
  EXPECT_FALSE(buffer.finish());
}

TEST(UtteranceBuffer, AFirstEventMakesItGoByEvents) {
  UtteranceBuffer buffer(kRate, {});
  Ramp ramp;
  buffer.push(ramp.next(3000ms), 0ns);
  buffer.speech_start(2500ms);
  EXPECT_EQ(buffer.speech_end(2600ms)->samples.size(), (300u + 100 + 200) * 8);
  buffer.push(ramp.next(1000ms), std::nullopt);
  EXPECT_FALSE(buffer.finish());
}

TEST(UtteranceBuffer, ToldToWaitForTheEndItIgnoresEvents) {
  UtteranceBuffer buffer(kRate, {.segmentation = Segmentation::kEos});
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  buffer.speech_start(500ms);
  EXPECT_FALSE(buffer.speech_end(600ms));
  EXPECT_EQ(buffer.finish()->samples.size(), 8000u);
}

TEST(UtteranceBuffer, TheEndOfTheStreamEndsAnOpenUtterance) {
  UtteranceBuffer buffer(kRate, kByEvents);
  Ramp ramp;
  buffer.push(ramp.next(1000ms), 0ns);
  EXPECT_FALSE(buffer.finish());
  buffer.speech_start(500ms);
  EXPECT_EQ(buffer.finish()->end, 1s);
}
