// The level that a tenth of the last two seconds lay below: it follows a noisy line within two
// seconds and is not lifted by speech, which has pauses. Allocates nothing. One thread.
#pragma once

#include <array>
#include <cstddef>

namespace centralita {

class NoiseFloor {
 public:
  // `dbfs` of the next window of 32 ms; returns the floor.
  float push(float dbfs);
  void reset() { count_ = 0; }

 private:
  static constexpr std::size_t kWindows = 62;
  std::array<float, kWindows> levels_;
  std::size_t count_ = 0;
};

}  // namespace centralita
