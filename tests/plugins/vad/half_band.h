// Doubles the rate of 8 kHz audio with a half-band FIR filter, for tests of what runs at
// 16 kHz. Pass band 0 to 3.4 kHz, images above 4.6 kHz 60 dB down; delays by 1.5 ms.
//
// Allocates nothing. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace centralita {

class HalfBandUpsampler {
 public:
  static constexpr std::size_t kMaxBlock = 256;

  // Samples of 16 bits in, at most kMaxBlock; twice as many in [-1, 1) out.
  void push(std::span<const std::int16_t> input, std::span<float> output);
  void reset() { history_.fill(0); }

 private:
  static constexpr std::size_t kTaps = 24;  // those that are neither zero nor the middle one
  std::array<float, kTaps - 1 + kMaxBlock> history_{};
};

}  // namespace centralita
