#include "plugins/vad/speech_detector.h"

#include "plugins/vad/noise_floor.h"
#include "tests/plugins/vad/half_band.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

using namespace centralita;
using Edge = SpeechDetector::Edge;

namespace {

constexpr SpeechSettings kSettings{
    .threshold_on = 0.5f, .threshold_off = 0.35f, .confirmation = 768, .hangover = 1024};

std::vector<Edge> edges(SpeechDetector& detector, std::initializer_list<float> probabilities) {
  std::vector<Edge> found;
  for (const float p : probabilities)
    if (const auto edge = detector.push({.probability = p, .samples = 256}))
      found.push_back(*edge);
  return found;
}

constexpr Edge start_at(std::uint64_t position) { return {Edge::Kind::kStart, position}; }
constexpr Edge end_at(std::uint64_t position) { return {Edge::Kind::kEnd, position}; }

}  // namespace

TEST(SpeechDetector, SpeechStartsAtItsFirstVoicedSampleOnceConfirmed) {
  SpeechDetector detector(kSettings);
  EXPECT_TRUE(edges(detector, {0, 0, .9f, .9f}).empty());
  EXPECT_FALSE(detector.speaking());
  EXPECT_EQ(edges(detector, {.9f}), std::vector{start_at(512)});
  EXPECT_TRUE(detector.speaking());
}

TEST(SpeechDetector, ShortBurstIsNotSpeech) {
  SpeechDetector detector(kSettings);
  EXPECT_TRUE(edges(detector, {.9f, .9f, 0, .9f, .9f, 0, .9f, 0}).empty());
}

TEST(SpeechDetector, DoubtKeepsAStartWaitingWithoutConfirmingIt) {
  SpeechDetector detector(kSettings);
  EXPECT_TRUE(edges(detector, {.9f, .4f, .4f, .4f, .9f}).empty());
  EXPECT_EQ(edges(detector, {.9f}), std::vector{start_at(0)});
}

TEST(SpeechDetector, DoubtAloneStartsNothing) {
  SpeechDetector detector(kSettings);
  EXPECT_TRUE(edges(detector, {.4f, .4f, .4f, .4f, .4f, .4f}).empty());
}

TEST(SpeechDetector, SpeechEndsAtItsLastVoicedSampleAfterTheHangover) {
  SpeechDetector detector(kSettings);
  EXPECT_EQ(edges(detector, {.9f, .9f, .9f, 0, 0, 0, 0}), (std::vector{start_at(0), end_at(768)}));
  EXPECT_FALSE(detector.speaking());
}

TEST(SpeechDetector, APauseShorterThanTheHangoverIsPartOfTheSpeech) {
  SpeechDetector detector(kSettings);
  EXPECT_EQ(edges(detector, {.9f, .9f, .9f, 0, 0, 0, .9f, 0, 0, 0, 0}),
            (std::vector{start_at(0), end_at(7 * 256)}));
}

TEST(SpeechDetector, DoubtNeitherEndsSpeechNorInterruptsAnEnd) {
  SpeechDetector detector(kSettings);
  EXPECT_EQ(edges(detector, {.9f, .9f, .9f, .4f, .4f, .4f, .4f, .4f, .4f}),
            std::vector{start_at(0)});
  EXPECT_EQ(edges(detector, {0, .4f, .4f, 0}), std::vector{end_at(9 * 256)});
}

TEST(SpeechDetector, ALongGapEndsSpeechWhereItBegan) {
  SpeechDetector detector(kSettings);
  (void)edges(detector, {.9f, .9f, .9f});
  EXPECT_EQ(detector.push({.samples = 80000}), end_at(768));
  EXPECT_EQ(detector.position(), 80768u);
}

TEST(SpeechDetector, FinishingEndsSpeechOnceAndSilenceNever) {
  SpeechDetector detector(kSettings);
  EXPECT_FALSE(detector.finish());
  (void)edges(detector, {.9f, .9f, .9f, .9f});
  EXPECT_EQ(detector.finish(), end_at(1024));
  EXPECT_FALSE(detector.finish());
}

TEST(SpeechDetector, FinishingInAPauseEndsSpeechWhereThePauseBegan) {
  SpeechDetector detector(kSettings);
  (void)edges(detector, {.9f, .9f, .9f, 0, 0});
  EXPECT_EQ(detector.finish(), end_at(768));
}

TEST(SpeechDetector, NewSettingsCountFromTheNextWindow) {
  SpeechDetector detector(kSettings);
  (void)edges(detector, {.9f, .9f, .9f, 0, 0});
  auto longer = kSettings;
  longer.hangover = 4096;
  detector.set_settings(longer);
  EXPECT_TRUE(edges(detector, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}).empty());
  EXPECT_EQ(edges(detector, {0}), std::vector{end_at(768)});
}

TEST(SpeechDetector, TheTimesCountFromWhereTheVoiceReallySetInAndBrokeOff) {
  SpeechDetector detector(kSettings);
  (void)edges(detector, {0, 0});
  EXPECT_FALSE(detector.push({.probability = .9f, .samples = 256, .onset = -400}));
  // 656 samples of voice were not enough, 912 are.
  EXPECT_EQ(detector.push({.probability = .9f, .samples = 256, .onset = -656}), start_at(112));
  EXPECT_FALSE(detector.push({.probability = .1f, .samples = 256, .offset = -300}));
  EXPECT_FALSE(detector.push({.samples = 256}));
  EXPECT_EQ(detector.push({.samples = 256}), end_at(1024 - 300));
}

TEST(SpeechDetector, AnEdgeIsNeverBeforeTheEdgeBeforeIt) {
  SpeechDetector detector(kSettings);
  (void)edges(detector, {.9f, .9f, .9f, 0, 0, 0});
  ASSERT_EQ(edges(detector, {0}), std::vector{end_at(768)});
  EXPECT_EQ(detector.push({.probability = 1, .samples = 1024, .onset = -5000}), start_at(768));
}

namespace {

constexpr SpeechSettings kHinting{.threshold_on = 0.5f,
                                  .threshold_off = 0.35f,
                                  .confirmation = 768,
                                  .hangover = 1024,
                                  .onset = 256,
                                  .pause = 512};

constexpr Edge hint(Edge::Kind kind, std::uint64_t position) { return {kind, position}; }

}  // namespace

TEST(SpeechDetector, AStartIsAnnouncedAndThenConfirmedOrRejected) {
  SpeechDetector detector(kHinting);
  EXPECT_EQ(edges(detector, {0, .9f, .9f, .9f}),
            (std::vector{hint(Edge::Kind::kProbable, 256), start_at(256)}));
  detector.reset();
  EXPECT_EQ(edges(detector, {0, .9f, .4f, 0, 0, .9f, 0}),
            (std::vector{hint(Edge::Kind::kProbable, 256), hint(Edge::Kind::kRejected, 256),
                         hint(Edge::Kind::kProbable, 1280), hint(Edge::Kind::kRejected, 1280)}));
}

TEST(SpeechDetector, APauseIsAnnouncedAndThenResumedOrEnded) {
  SpeechDetector detector(kHinting);
  (void)edges(detector, {.9f, .9f, .9f});
  EXPECT_EQ(edges(detector, {0, 0, 0, .9f}),
            (std::vector{hint(Edge::Kind::kPause, 768), hint(Edge::Kind::kResume, 1536)}));
  EXPECT_EQ(edges(detector, {0, 0, 0, 0}),
            (std::vector{hint(Edge::Kind::kPause, 1792), end_at(1792)}));
}

TEST(SpeechDetector, WhatIsSureAtOnceIsNotAnnounced) {
  auto settings = kHinting;
  settings.confirmation = 256;
  settings.hangover = 512;
  SpeechDetector detector(settings);
  EXPECT_EQ(edges(detector, {.9f, 0, 0}), (std::vector{start_at(0), end_at(256)}));
}

TEST(SpeechDetector, FinishingRejectsAStartThatWasProbable) {
  SpeechDetector detector(kHinting);
  EXPECT_EQ(edges(detector, {0, .9f}), std::vector{hint(Edge::Kind::kProbable, 256)});
  EXPECT_EQ(detector.finish(), hint(Edge::Kind::kRejected, 256));
  EXPECT_FALSE(detector.finish());
}

TEST(NoiseFloor, FollowsTheNoiseAndNotTheSpeech) {
  NoiseFloor floor;
  for (int i = 0; i < 70; ++i) EXPECT_LE(floor.push(-58), -45);
  for (int i = 0; i < 50; ++i) EXPECT_NEAR(floor.push(-25), -58, 1) << "a sentence of 1.6 s";
  float last = 0;
  for (int i = 0; i < 70; ++i) last = floor.push(-35);
  EXPECT_NEAR(last, -35, 1);
}

TEST(NoiseFloor, AStreamMayBeginWithSpeechOrWithNothing) {
  NoiseFloor floor;
  EXPECT_LE(floor.push(-20), -45);
  floor.reset();
  EXPECT_EQ(floor.push(-100), -60);
}

TEST(HalfBandUpsampler, ASineIsTheSameSineAtTwiceTheRateAndHasNoImage) {
  for (const double hertz : {300.0, 1000.0, 3400.0}) {
    HalfBandUpsampler upsampler;
    std::array<std::int16_t, 256> in;
    std::array<float, 512> out;
    double error = 0;
    for (int block = 0; block < 4; ++block) {
      for (std::size_t i = 0; i < in.size(); ++i)
        in[i] = static_cast<std::int16_t>(std::lrint(
            16384 *
            std::sin(2 * std::numbers::pi * hertz *
                     static_cast<double>(static_cast<std::size_t>(block) * 256 + i) / 8000)));
      upsampler.push(in, out);
      for (std::size_t i = 0; block > 0 && i < out.size(); ++i) {
        const double n = block * 512.0 + static_cast<double>(i) - 24;  // 1.5 ms late
        error = std::max(
            error, std::abs(out[i] - 0.5 * std::sin(2 * std::numbers::pi * hertz * n / 16000)));
      }
    }
    EXPECT_LT(error, 0.002) << hertz << " Hz";
  }
}
