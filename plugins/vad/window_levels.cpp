#include "plugins/vad/window_levels.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

float dbfs(std::int64_t sum_of_squares, std::size_t n) {
  if (sum_of_squares == 0)
    return kSilenceDbfs;
  const float mean = static_cast<float>(sum_of_squares) / static_cast<float>(n);
  return std::max(kSilenceDbfs, 10 * std::log10(mean / (32768.0f * 32768.0f)));
}

std::int64_t energy(std::span<const std::int16_t> samples) {
  std::int64_t sum = 0;
  for (const std::int32_t s : samples) sum += s * s;
  return sum;
}

}  // namespace

float level_dbfs(std::span<const std::int16_t> samples) {
  return dbfs(energy(samples), samples.size());
}

WindowLevels window_levels(std::span<const std::int16_t> samples) {
  WindowLevels levels;
  std::int64_t whole = 0;
  const std::size_t part = samples.size() / WindowLevels::kParts;
  for (std::size_t p = 0; p < WindowLevels::kParts; ++p) {
    const auto sum = energy(samples.subspan(p * part, part));
    levels.parts[p] = dbfs(sum, part);
    whole += sum;
  }
  levels.level = dbfs(whole, samples.size());
  std::int64_t treble = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    // Halved, so that its square fits.
    const std::int32_t difference = (std::int32_t{samples[i]} - samples[i - 1]) / 2;
    treble += difference * difference;
  }
  levels.treble = dbfs(4 * treble, samples.size());
  return levels;
}

}  // namespace centralita
