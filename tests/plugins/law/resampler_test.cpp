#include "plugins/law/resampler.h"

#include "plugins/law/transcoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

using namespace centralita;

namespace {

using Samples = std::vector<std::int16_t>;

Samples sine(double hertz, unsigned rate, std::size_t n, double amplitude = 20000) {
  Samples out(n);
  for (std::size_t i = 0; i < n; ++i)
    out[i] = static_cast<std::int16_t>(std::lrint(
        amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate)));
  return out;
}

Samples noise(std::size_t n) {
  std::mt19937 random(7);
  Samples out(n);
  for (auto& s : out) s = static_cast<std::int16_t>(random());
  return out;
}

// All of it, cut into pieces of `piece`, and drained.
Samples resample(Resampler& resampler, const Samples& in, std::size_t piece = 160) {
  Samples out;
  std::size_t written = 0;
  for (std::span<const std::int16_t> rest(in); !rest.empty();) {
    const auto part = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(part.size());
    out.resize(written + resampler.max_output(part.size()));
    written += resampler.push(part, std::span(out).subspan(written));
  }
  out.resize(written + resampler.max_drain());
  written += resampler.drain(std::span(out).subspan(written));
  out.resize(written);
  return out;
}

Samples resample(unsigned from, unsigned to, const Samples& in, std::size_t piece = 160) {
  Resampler resampler(from, to);
  return resample(resampler, in, piece);
}

double power(const Samples& v, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += static_cast<double>(v[i]) * v[i];
  return sum / static_cast<double>(end - begin);
}

// Power of what is left when `want` is taken away, against want's; the ends, where the filter meets
// silence, are left out.
double snr_db(const Samples& got, const Samples& want, std::size_t margin) {
  Samples error(got.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    error[i] = static_cast<std::int16_t>(got[i] - want[i]);
  return 10 * std::log10(power(want, margin, want.size() - margin) /
                         (power(error, margin, want.size() - margin) + 1e-9));
}

struct Rate : ::testing::TestWithParam<unsigned> {
  unsigned rate = GetParam();
  unsigned factor = rate / 8000;
};

}  // namespace

TEST_P(Rate, ASineGoingUpIsTheSineOfTheHigherRateInPlace) {
  for (const double hertz : {300.0, 1000.0, 3300.0}) {
    const auto up = resample(8000, rate, sine(hertz, 8000, 8000));
    const auto want = sine(hertz, rate, 8000 * factor);
    ASSERT_EQ(up.size(), want.size());
    EXPECT_GT(snr_db(up, want, 400 * factor), 75) << hertz << " Hz";
  }
}

TEST_P(Rate, ASineGoingDownIsTheSineOfTheLowerRateInPlace) {
  for (const double hertz : {300.0, 1000.0, 3300.0}) {
    const auto down = resample(rate, 8000, sine(hertz, rate, 8000 * factor));
    const auto want = sine(hertz, 8000, 8000);
    ASSERT_EQ(down.size(), want.size());
    EXPECT_GT(snr_db(down, want, 400), 75) << hertz << " Hz";
  }
}

TEST_P(Rate, TheTopOfTheTelephoneBandKeepsItsLevel) {
  const auto in = sine(3400, rate, 8000 * factor);
  const auto down = resample(rate, 8000, in);
  const double change = 10 * std::log10(power(down, 400, down.size() - 400) /
                                        power(in, 400 * factor, in.size() - 400 * factor));
  EXPECT_NEAR(change, 0, 0.02);
}

TEST_P(Rate, UpAndDownAgainGivesTheSineBack) {
  const auto in = sine(1004, 8000, 16000);
  EXPECT_GT(snr_db(resample(rate, 8000, resample(8000, rate, in)), in, 400), 75);
}

TEST_P(Rate, WhatTheLowerRateCannotCarryIsGone) {
  if (factor == 1)
    return;  // nothing above 4 kHz exists
  for (double hertz = 4000; hertz < rate / 2.0; hertz += 237) {
    const auto in = sine(hertz, rate, 4000 * factor);
    const auto down = resample(rate, 8000, in);
    const double level =
        10 * std::log10((power(down, 400, down.size() - 400) + 1e-9) / (20000. * 20000 / 2));
    EXPECT_LT(level, -79) << hertz << " Hz";
  }
}

TEST_P(Rate, GoingUpLeavesNoImages) {
  // The image of a tone is what remains when the tone itself is taken away.
  const auto up = resample(8000, rate, sine(3300, 8000, 8000));
  EXPECT_GT(snr_db(up, sine(3300, rate, 8000 * factor), 400 * factor), 75);
}

TEST_P(Rate, AConstantStaysExactlyItself) {
  const auto up = resample(8000, rate, Samples(800, 12345));
  const auto down = resample(rate, 8000, Samples(800 * factor, -12345));
  for (std::size_t i = 100 * factor; i < 700 * factor; ++i) ASSERT_EQ(up[i], 12345) << i;
  for (std::size_t i = 100; i < 700; ++i) ASSERT_EQ(down[i], -12345) << i;
}

TEST_P(Rate, WhereTheInputIsCutMakesNoDifference) {
  for (const bool upward : {true, false}) {
    const unsigned from = upward ? 8000 : rate;
    const unsigned to = upward ? rate : 8000;
    const auto in = noise(5003);
    const auto whole = resample(from, to, in, in.size());
    for (const std::size_t piece : {1u, 7u, 160u, 961u})
      EXPECT_EQ(resample(from, to, in, piece), whole);
  }
}

TEST_P(Rate, AsMuchComesOutAsWentInRoundedUp) {
  for (const std::size_t n : {0u, 1u, 2u, 31u, 32u, 33u, 479u, 480u, 5003u}) {
    EXPECT_EQ(resample(8000, rate, noise(n)).size(), n * factor);
    EXPECT_EQ(resample(rate, 8000, noise(n)).size(), (n + factor - 1) / factor);
  }
}

TEST_P(Rate, TheLoudestNoiseDoesNotWrapAround) {
  // Full-scale square wave: the filter overshoots, which must clip.
  Samples in(4000);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = i / 20 % 2 ? 32767 : -32768;
  const auto up = resample(8000, rate, in);
  for (std::size_t i = 0; i < up.size(); ++i) {
    const std::size_t phase = i / factor % 20;  // away from the edges of the square
    if (phase > 5 && phase < 15) {
      ASSERT_EQ(up[i] > 0, in[i / factor] > 0) << i;
    }
  }
}

TEST_P(Rate, AfterADrainItStartsAfresh) {
  Resampler resampler(8000, rate);
  const auto in = noise(500);
  const auto first = resample(resampler, in);
  EXPECT_EQ(resample(resampler, in), first);
}

TEST_P(Rate, TheDelayIsWhatIsDocumentedAndNoneForEqualRates) {
  const auto expected = std::chrono::microseconds(factor == 1 ? 0 : factor == 6 ? 4375 : 4000);
  const auto base_samples = static_cast<std::size_t>(expected.count()) / 125;
  Resampler up(8000, rate);
  EXPECT_EQ(up.delay(), expected);
  Samples out(up.max_output(160));
  EXPECT_EQ(up.push(noise(160), out), (160 - base_samples) * factor);
  Resampler down(rate, 8000);
  EXPECT_EQ(down.delay(), expected);
  out.resize(down.max_output(160 * factor));
  EXPECT_EQ(down.push(noise(160 * factor), out), 160 - base_samples);
}

INSTANTIATE_TEST_SUITE_P(Hertz, Rate, ::testing::ValuesIn(Resampler::kRates));

TEST(Transcoder, HalfASampleWaitsForItsOtherHalf) {
  using Direction = Transcoder::Direction;
  const std::uint8_t pcm[] = {0xe8, 0x03, 0x18, 0xfc, 0x40};  // 1000, -1000 and the half of another
  Transcoder transcoder(g711::Law::kMu, Direction::kEncode, 8000);
  std::vector<std::uint8_t> codes;
  for (const auto byte : pcm) {
    std::uint8_t out[8];
    ASSERT_LE(transcoder.max_output(1), sizeof out);
    codes.insert(codes.end(), out, out + transcoder.push({&byte, 1}, out));
  }
  EXPECT_EQ(codes, (std::vector<std::uint8_t>{0xce, 0x4e}));
}

TEST(Transcoder, ToneThroughBothLawsAndRatesKeepsTheQualityOfTheLaw) {
  using Direction = Transcoder::Direction;
  for (const auto law : {g711::Law::kMu, g711::Law::kA})
    for (const unsigned rate : Resampler::kRates) {
      const unsigned factor = rate / 8000;
      const auto tone = sine(1004, rate, 8000 * factor);
      Transcoder encoder(law, Direction::kEncode, rate);
      Transcoder decoder(law, Direction::kDecode, rate);
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(tone.data());
      std::vector<std::uint8_t> codes(encoder.max_output(tone.size() * 2) + encoder.max_drain());
      auto n = encoder.push({bytes, tone.size() * 2}, codes);
      n += encoder.drain(std::span(codes).subspan(n));
      ASSERT_EQ(n, 8000u);
      codes.resize(n);
      Samples out(8000 * factor + decoder.max_drain());
      std::span<std::uint8_t> room(reinterpret_cast<std::uint8_t*>(out.data()), out.size() * 2);
      n = decoder.push(codes, room);
      n += decoder.drain(room.subspan(n));
      out.resize(n / 2);
      ASSERT_EQ(out.size(), tone.size());
      EXPECT_GT(snr_db(out, tone, 400 * factor), 36) << rate;
    }
}
