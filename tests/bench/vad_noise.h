// Noises for vad_corpus, each seeded by name: the same on every machine, whatever its standard
// library's distributions do.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string_view>
#include <vector>

namespace centralita::bench {

class Dice {
 public:
  explicit Dice(std::string_view seed);
  double uniform(double from, double to);
  std::size_t below(std::size_t n) { return n == 0 ? 0 : engine_() % n; }
  double normal();

 private:
  std::mt19937_64 engine_;
};

using Sound = std::vector<float>;

Sound white(Dice& dice, std::size_t samples);
Sound pink(Dice& dice, std::size_t samples);   // power falls as 1/f
Sound brown(Dice& dice, std::size_t samples);  // as 1/f^2
// Ringback, busy, DTMF and beeps, one after the other.
Sound call_tones(Dice& dice, std::size_t samples);
// A line at rest: noise, and the mains.
Sound line(Dice& dice, std::size_t samples, double dbfs);

double rms(const Sound& sound);
// Without what is silent in it.
double active_rms(const Sound& sound);

}  // namespace centralita::bench
