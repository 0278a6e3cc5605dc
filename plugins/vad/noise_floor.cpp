#include "plugins/vad/noise_floor.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr float kLowest = -60;  // dBFS: below that nobody speaks
// A stream may begin with speech: nothing louder than this is believed to be its floor.
constexpr float kHighestFirst = -45;  // dBFS

}  // namespace

float NoiseFloor::push(float dbfs) {
  if (count_ == 0)
    levels_.fill(std::min(dbfs, kHighestFirst));
  levels_[count_++ % kWindows] = dbfs;
  auto sorted = levels_;
  auto* const tenth = sorted.begin() + kWindows / 10;
  std::nth_element(sorted.begin(), tenth, sorted.end());
  return std::max(*tenth, kLowest);
}

}  // namespace centralita
