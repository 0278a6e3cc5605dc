// The ear for want of a better one: how likely speech is from the level of a window over the noise
// floor. For when there are no weights; it takes every loud sound for speech.
//
// The floor is the level that a tenth of the last two seconds lay below, so it follows a noisy line
// within two seconds and is not lifted by speech, which has pauses. Allocates nothing. One thread.
#pragma once

#include <array>
#include <cstddef>

namespace centralita {

class EnergyDetector {
 public:
  // `level_dbfs` of a window of 32 ms, -infinity for none. 0.5 is 9 dB over the floor.
  float push(float level_dbfs);
  void reset() { count_ = 0; }

 private:
  static constexpr std::size_t kWindows = 62;  // two seconds
  std::array<float, kWindows> levels_;
  std::size_t count_ = 0;
};

}  // namespace centralita
