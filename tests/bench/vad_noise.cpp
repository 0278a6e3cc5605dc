#include "tests/bench/vad_noise.h"

#include "tests/bench/vad_corpus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace centralita::bench {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

std::uint64_t hash_of(std::string_view text) {  // FNV-1a
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
  return hash;
}

}  // namespace

Dice::Dice(std::string_view seed) : engine_(hash_of(seed)) {}

double Dice::uniform(double from, double to) {
  return from + (to - from) * static_cast<double>(engine_() >> 11) / 9007199254740992.0;
}

double Dice::normal() {  // Box and Muller
  const double radius = std::sqrt(-2 * std::log(uniform(1e-12, 1)));
  return radius * std::cos(kTurn * uniform(0, 1));
}

Sound white(Dice& dice, std::size_t samples) {
  Sound out(samples);
  for (auto& s : out) s = static_cast<float>(dice.normal());
  return out;
}

Sound pink(Dice& dice, std::size_t samples) {
  // Low-passed noises with corners an octave and a half apart add up to 1/f from 20 Hz to 4 kHz.
  constexpr int kPoles = 6;
  std::array<double, kPoles> state{};
  Sound out(samples);
  for (auto& s : out) {
    double sum = 0;
    double corner = 20;
    for (auto& value : state) {
      const double pole = std::exp(-kTurn * corner / kRate);
      value = pole * value + std::sqrt((1 - pole) * (1 + pole)) * dice.normal();
      sum += value;
      corner *= 2.8;
    }
    s = static_cast<float>(sum);
  }
  return out;
}

Sound brown(Dice& dice, std::size_t samples) {
  const double pole = std::exp(-kTurn * 50 / kRate);
  double value = 0;
  Sound out(samples);
  for (auto& s : out) s = static_cast<float>(value = pole * value + dice.normal());
  return out;
}

Sound call_tones(Dice& dice, std::size_t samples) {
  constexpr double kRows[] = {697, 770, 852, 941};
  constexpr double kColumns[] = {1209, 1336, 1477, 1633};
  Sound out(samples, 0);
  const auto tone = [&](std::size_t at, double first, double second, double seconds) {
    const auto end = std::min(samples, at + static_cast<std::size_t>(seconds * kRate));
    for (std::size_t i = at; i < end; ++i) {
      const double time = static_cast<double>(i) / kRate;
      out[i] = static_cast<float>(std::sin(kTurn * first * time) + std::sin(kTurn * second * time));
    }
  };
  for (std::size_t at = 0; at < samples;) {
    struct Cadence {
      double first, second, on, off;
      std::size_t times;
    };
    const Cadence cadences[] = {
        {440, 480, 2, 1, 1},
        {480, 620, .5, .5, 3},
        {kRows[dice.below(4)], kColumns[dice.below(4)], .12, .12, 1 + dice.below(5)},
        {1000, 1000, .4, 1, 1}};
    const auto& cadence = cadences[dice.below(4)];
    for (std::size_t i = 0; i < cadence.times; ++i) {
      tone(at, cadence.first, cadence.second, cadence.on);
      at += static_cast<std::size_t>((cadence.on + cadence.off) * kRate);
    }
  }
  return out;
}

Sound line(Dice& dice, std::size_t samples, double dbfs) {
  Sound out = pink(dice, samples);
  const double gain = std::pow(10, dbfs / 20);
  const double noise_gain = gain / rms(out);
  for (std::size_t i = 0; i < samples; ++i) {
    const double time = static_cast<double>(i) / kRate;
    const double mains = std::sin(kTurn * 50 * time) + 0.5 * std::sin(kTurn * 150 * time);
    out[i] = static_cast<float>(out[i] * noise_gain + 0.7 * gain * mains);
  }
  return out;
}

double rms(const Sound& sound) {
  double sum = 0;
  for (const double s : sound) sum += s * s;
  return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, sound.size())));
}

double active_rms(const Sound& sound) {
  Sound active;
  std::copy_if(sound.begin(), sound.end(), std::back_inserter(active),
               [](float s) { return std::abs(s) > 1e-6f; });
  return rms(active);
}

}  // namespace centralita::bench
