#include "pipelines/echo_gate.h"

#include "plugins/law/g711.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

using Samples = std::vector<std::int16_t>;

// Something like a voice: a pitch that glides, its harmonics, and a rhythm of syllables; another
// seed is another speaker with other words.
Samples voice(unsigned seed, std::size_t n, double dbfs = -18) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> roll(0, 1);
  const double pitch = 90 + 120 * roll(random);
  double phase = 0, level = 0, target = 1, glide = 0;
  std::vector<double> tilt(12);
  for (auto& t : tilt) t = roll(random);
  Samples out(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 1200 == 0) {
      target = roll(random) < 0.2 ? 0.05 : roll(random);
      glide = (roll(random) - 0.5) * 60;
      for (auto& t : tilt) t = roll(random);
    }
    level += (target - level) * 0.002;
    phase += (pitch + glide) / 8000;
    double sum = 0;
    for (std::size_t h = 0; h < tilt.size(); ++h)
      sum += tilt[h] * std::sin(2 * std::numbers::pi * phase * static_cast<double>(h + 1));
    sum += (roll(random) - 0.5) * 0.8;
    out[i] = static_cast<std::int16_t>(32767 * std::pow(10, dbfs / 20) * level * sum / 3);
  }
  return out;
}

struct Line {
  EchoGate gate{WireFormat{}};
  EchoGate::Time now = 100s;

  // A second and a half of both directions, ending now.
  void pass(const Samples& out, const Samples& in) {
    for (std::size_t at = 0; at + 160 <= out.size(); at += 160) {
      std::vector<std::uint8_t> codes(160);
      g711::encode<g711::Law::kMu>(std::span(out).subspan(at, 160), codes);
      gate.sent(codes, now);
      g711::encode<g711::Law::kMu>(std::span(in).subspan(at, 160), codes);
      now += 20ms;
      gate.heard(codes, now);
    }
  }
};

Samples echo_of(const Samples& out, int delay_ms, double gain_db) {
  Samples in(out.size());
  const auto delay = static_cast<std::size_t>(delay_ms * 8);
  for (std::size_t i = delay; i < in.size(); ++i)
    in[i] = static_cast<std::int16_t>(out[i - delay] * std::pow(10, gain_db / 20));
  return in;
}

Samples mixed(Samples a, const Samples& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<std::int16_t>(a[i] + b[i]);
  return a;
}

constexpr std::size_t kLength = 12'000;

}  // namespace

TEST(EchoGate, FindsDelayAndGainOfAnEcho) {
  for (const int delay : {50, 120, 180, 333, 560})
    for (const double gain : {-10.0, -20.0, -30.0}) {
      Line line;
      const auto out = voice(1, kLength);
      line.pass(out, echo_of(out, delay, gain));
      const auto found = line.gate.look(line.now - 1s, line.now);
      EXPECT_TRUE(found.echo()) << delay << " ms, " << gain << " dB: " << found.share;
      EXPECT_NEAR(static_cast<double>(found.delay.count()), delay, 1.0);
      EXPECT_NEAR(found.gain_db, gain, 2.0);
    }
}

TEST(EchoGate, AnotherVoiceIsNoEcho) {
  for (unsigned seed = 2; seed < 30; ++seed) {
    Line line;
    line.pass(voice(1, kLength), voice(seed, kLength));
    EXPECT_LT(line.gate.look(line.now - 1s, line.now).share, 0.35) << seed;
  }
}

TEST(EchoGate, SomebodyWhoSpeaksAgainstItsOwnEchoIsHeard) {
  for (unsigned seed = 2; seed < 12; ++seed) {
    Line line;
    const auto out = voice(1, kLength);
    line.pass(out, mixed(echo_of(out, 180, -20), voice(seed, kLength)));
    // In a pause of theirs the echo is all there is.
    int echoes = 0;
    for (auto back = 0ms; back < 1s; back += 200ms)
      echoes += line.gate.look(line.now - 2s, line.now - back).echo();
    EXPECT_LE(echoes, 2) << seed;
  }
}

TEST(EchoGate, WithNothingSentOrNothingHeardThereIsNoEcho) {
  Line silent;
  silent.pass(Samples(kLength), voice(2, kLength));
  EXPECT_EQ(silent.gate.look(silent.now - 1s, silent.now).share, 0);
  Line deaf;
  deaf.pass(voice(1, kLength), Samples(kLength));
  EXPECT_EQ(deaf.gate.look(deaf.now - 1s, deaf.now).share, 0);
}

TEST(EchoGate, AnEchoThatHasOnlyJustBegunIsFound) {
  Line line;
  auto out = voice(1, kLength);
  std::fill(out.begin(), out.end() - 160 * 12, std::int16_t{0});  // the agent speaks since 240 ms
  line.pass(out, echo_of(out, 180, -10));
  EXPECT_TRUE(line.gate.look(line.now - 40ms, line.now).echo());
}
