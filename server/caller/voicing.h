// What counts as voice here: a 20 ms frame whose RMS is above -45 dBFS. Good enough for clean
// recordings and synthetic speech, which is all that a test call hears; it is not a VAD.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace centralita::caller {

inline constexpr std::chrono::milliseconds kFrame{20};
inline constexpr double kVoicedDbfs = -45.0;
inline constexpr double kVoicedRms = 184.27;  // 32768 * 10^(kVoicedDbfs / 20)

constexpr int frame_samples(int rate_hz) { return rate_hz / 50; }

inline bool is_voiced(std::span<const std::int16_t> frame) {
  double energy = 0;
  for (const double sample : frame) energy += sample * sample;
  return energy > kVoicedRms * kVoicedRms * static_cast<double>(frame.size());
}

// First and last voiced sample of a recording, by whole frames from its start and then, within the
// frames at the edges, by the first and last sample louder than the threshold.
struct VoicedSpan {
  std::size_t first = 0, last = 0;
};
std::optional<VoicedSpan> find_voiced(std::span<const std::int16_t> samples, int rate_hz);

}  // namespace centralita::caller
