// What a telephone line brings that is nobody's voice. The scores are those of the network behind
// its gate, the decisions those of the element's own settings.
#include "plugins/vad/speech_detector.h"
#include "plugins/vad/window_scorer.h"
#include "tests/plugins/vad/speech_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <random>

using namespace centralita;

namespace {

constexpr double kRate = 8000;
using Samples = std::vector<std::int16_t>;
using Sound = std::function<double(double time)>;  // full scale 1

double dbfs(double level) { return std::pow(10, level / 20); }
double sine(double hertz, double time) { return std::sin(2 * std::numbers::pi * hertz * time); }

Samples samples_of(double seconds, const Sound& sound) {
  std::mt19937 random(9);
  std::normal_distribution<double> room(0, dbfs(-65));
  Samples out(static_cast<std::size_t>(seconds * kRate));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double value = sound(static_cast<double>(i) / kRate) + room(random);
    out[i] = static_cast<std::int16_t>(std::lrint(std::clamp(value, -1.0, 1.0) * 32767));
  }
  return out;
}

// Noise of the length of a breath or a cough, through two resonances.
Samples throat_noise(double every, double length, double level, double first, double second) {
  std::mt19937 random(4);
  std::normal_distribution<double> normal(0, 1);
  std::array<double, 4> y{};
  const auto resonate = [](double x, double hertz, double& one, double& two) {
    const double pole = 0.95;
    const double out =
        x + 2 * pole * std::cos(2 * std::numbers::pi * hertz / kRate) * one - pole * pole * two;
    two = one;
    return one = out;
  };
  return samples_of(20, [&, every, length, level, first, second](double time) {
    const double at = std::fmod(time, every);
    const double swell = at < length ? std::sin(std::numbers::pi * at / length) : 0;
    const double source = normal(random);
    return dbfs(level) / 6 * swell *
           (resonate(source, first, y[0], y[1]) + resonate(source, second, y[2], y[3]));
  });
}

// Starts of speech that are declared, and the highest score.
struct Verdict {
  int starts = 0;
  float highest = 0;
};
Verdict verdict_on(const Samples& audio) {
  WindowScorer scorer(8000, SileroWeights::load(test::silero_model()).value());
  SpeechDetector detector({});
  Verdict verdict;
  for (std::span<const std::int16_t> rest(audio); !rest.empty();)
    if (const auto score = scorer.push(rest)) {
      verdict.highest = std::max(verdict.highest, score->probability);
      const auto edge =
          detector.push({score->probability, scorer.window(), score->onset, score->offset});
      verdict.starts += edge && edge->kind == SpeechDetector::Edge::Kind::kStart;
    }
  return verdict;
}

void expect_no_speech_in(const char* what, const Samples& audio) {
  const auto verdict = verdict_on(audio);
  EXPECT_EQ(verdict.starts, 0) << what << ", highest score " << verdict.highest;
  std::printf("%-28s %d starts in %.0f s, highest score %.3f\n", what, verdict.starts,
              static_cast<double>(audio.size()) / kRate, verdict.highest);
}

}  // namespace

TEST(Robustness, KeysAreNoSpeech) {
  constexpr double kRows[] = {697, 770, 852, 941};
  constexpr double kColumns[] = {1209, 1336, 1477, 1633};
  struct Rhythm {
    double on, period;
  };
  for (const auto& keys : {Rhythm{0.08, 0.16}, {0.3, 0.5}})
    expect_no_speech_in(
        "DTMF, all sixteen", samples_of(16 * keys.period * 2, [&](double time) {
          const auto key = static_cast<std::size_t>(time / keys.period) % 16;
          return std::fmod(time, keys.period) < keys.on
                     ? dbfs(-13) * (sine(kRows[key / 4], time) + sine(kColumns[key % 4], time))
                     : 0;
        }));
}

TEST(Robustness, TonesOfTheNetworkAreNoSpeech) {
  struct Tone {
    const char* name;
    double first, second, on, period;
  };
  for (const Tone& tone :
       {Tone{"dial tone, US", 350, 440, 9, 9}, Tone{"dial tone, ES", 425, 425, 9, 9},
        Tone{"ringback, US", 440, 480, 2, 6}, Tone{"ringback, ES", 425, 425, 1.5, 4.5},
        Tone{"busy, US", 480, 620, 0.5, 1}, Tone{"busy, ES", 425, 425, 0.2, 0.4},
        Tone{"fax calling", 1100, 1100, 0.5, 3.5}, Tone{"beep", 1000, 1000, 0.4, 2}})
    expect_no_speech_in(tone.name, samples_of(18, [&](double time) {
                          return std::fmod(time, tone.period) < tone.on
                                     ? dbfs(-16) *
                                           (sine(tone.first, time) + sine(tone.second, time))
                                     : 0;
                        }));
}

TEST(Robustness, HumAndHissAreNoSpeech) {
  expect_no_speech_in("hum, 50 Hz and harmonics", samples_of(20, [](double time) {
                        return dbfs(-25) * (sine(50, time) + 0.5 * sine(100, time) +
                                            0.5 * sine(150, time) + 0.2 * sine(250, time));
                      }));
  std::mt19937 random(2);
  std::normal_distribution<double> normal(0, 1);
  expect_no_speech_in("hiss at -30 dBFS",
                      samples_of(20, [&](double) { return dbfs(-30) * normal(random); }));
  expect_no_speech_in("hiss that swells", samples_of(20, [&](double time) {
                        return dbfs(-50 + 20 * std::sin(time)) * normal(random);
                      }));
}

TEST(Robustness, ClicksAndLostPacketsAreNoSpeech) {
  expect_no_speech_in("clicks", samples_of(20, [](double time) {
                        return std::fmod(time, 0.7) < 0.0005 ? 0.7 : 0;
                      }));
  std::mt19937 random(2);
  std::normal_distribution<double> normal(0, 1);
  expect_no_speech_in("noise with holes of 20 ms", samples_of(20, [&](double time) {
                        return std::fmod(time, 0.31) < 0.02 ? 0 : dbfs(-35) * normal(random);
                      }));
}

TEST(Robustness, BreathAndCoughAreNoSpeech) {
  expect_no_speech_in("breath", throat_noise(3, 0.9, -38, 900, 1700));
  expect_no_speech_in("cough", throat_noise(2.5, 0.25, -18, 700, 1500));
  expect_no_speech_in("cough, twice", throat_noise(0.6, 0.2, -20, 500, 1300));
}

TEST(Robustness, MusicOnHoldIsNoSpeech) {
  // Chords of decaying tones with four harmonics, a bass and a drum.
  constexpr double kRoots[] = {220, 174.6, 261.6, 196};
  std::mt19937 random(8);
  std::normal_distribution<double> normal(0, 1);
  expect_no_speech_in("chords", samples_of(24, [&](double time) {
                        const double root = kRoots[static_cast<int>(time / 2) % 4];
                        const double beat = std::fmod(time, 0.5);
                        double sum = 0;
                        for (const double third : {1.0, 1.26, 1.498})
                          for (int harmonic = 1; harmonic <= 4; ++harmonic)
                            sum += sine(root * third * harmonic, time) / harmonic;
                        return dbfs(-26) * (sum * std::exp(-3 * beat) + sine(root / 2, time) +
                                            normal(random) * std::exp(-40 * beat));
                      }));
}

TEST(Robustness, ASpokenWordAmongAllThatIsHeard) {
  // The counterpart: none of it makes the detector deaf.
  auto audio = samples_of(8, [](double time) {
    return time < 4 && std::fmod(time, 0.2) < 0.1 ? dbfs(-13) * (sine(770, time) + sine(1336, time))
                                                  : dbfs(-40) * sine(50, time);
  });
  const auto word = test::prompt("en_US_f_Allison/digits/1");
  for (std::size_t i = 0; i < word.size(); ++i)
    audio[44000 + i] =
        static_cast<std::int16_t>(std::clamp(audio[44000 + i] + word[i], -32768, 32767));
  EXPECT_EQ(verdict_on(audio).starts, 1);
}
