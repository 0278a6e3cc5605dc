// How loud a window of 32 ms is: as a whole, above all in its treble, and each 8 ms of it. All that
// the stages before the network look at.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace centralita {

struct WindowLevels {
  static constexpr std::size_t kParts = 4;

  // dBFS of the root mean square, full scale = 0 dB, never below kSilence.
  float level;
  float treble;                     // of the difference of neighbouring samples
  std::array<float, kParts> parts;  // of each quarter of the window
};

constexpr float kSilenceDbfs = -127;  // as RFC 6464 writes it

// `samples`: 256 or 512. Allocates nothing.
WindowLevels window_levels(std::span<const std::int16_t> samples);

// Root mean square of any number of samples; kSilenceDbfs for none.
float level_dbfs(std::span<const std::int16_t> samples);

}  // namespace centralita
