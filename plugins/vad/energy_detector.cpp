#include "plugins/vad/energy_detector.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

constexpr float kOverFloor = 9;      // dB
constexpr float kLowestFloor = -60;  // dBFS: below that nobody speaks
// A stream may begin with speech: nothing louder than this is believed to be its floor.
constexpr float kHighestFirst = -45;  // dBFS

}  // namespace

float EnergyDetector::push(float level_dbfs) {
  const float level = std::max(level_dbfs, -100.0f);
  if (count_ == 0)
    levels_.fill(std::min(level, kHighestFirst));
  levels_[count_++ % kWindows] = level;
  auto sorted = levels_;
  auto* const tenth = sorted.begin() + kWindows / 10;
  std::nth_element(sorted.begin(), tenth, sorted.end());
  const float floor = std::max(*tenth, kLowestFloor);
  return 1 / (1 + std::exp(-(level - floor - kOverFloor) / 2));
}

}  // namespace centralita
