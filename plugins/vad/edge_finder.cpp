#include "plugins/vad/edge_finder.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr float kOverFloor = 8;        // dB
constexpr float kBelowPeak = 28;       // dB: quieter than that is room, not voice
constexpr std::size_t kGap = 5;        // parts: 40 ms, as stop consonants have
constexpr std::size_t kMostBack = 24;  // parts

}  // namespace

void EdgeFinder::push(const WindowLevels& levels, float floor) {
  if (count_++ == 0)
    levels_.fill(kSilenceDbfs);
  std::copy(levels_.begin() + WindowLevels::kParts, levels_.end(), levels_.begin());
  std::copy(levels.parts.begin(), levels.parts.end(), levels_.begin() + kPast);
  floor_ = floor;
}

float EdgeFinder::threshold() const {
  return std::max(floor_ + kOverFloor,
                  *std::max_element(levels_.begin(), levels_.end()) - kBelowPeak);
}

std::int64_t EdgeFinder::onset() const {
  const float loud = threshold();
  std::size_t first = kAll;
  for (std::size_t i = kAll; i-- > kAll - WindowLevels::kParts - kMostBack;) {
    if (levels_[i] >= loud)
      first = i;
    else if (first != kAll && first - i >= kGap)
      return (static_cast<std::int64_t>(first) - static_cast<std::int64_t>(kPast)) *
             static_cast<std::int64_t>(part_);
    else if (first == kAll && i < kPast)
      return 0;  // nothing loud in the window itself
  }
  return 0;
}

std::int64_t EdgeFinder::offset() const {
  const float loud = threshold();
  for (std::size_t i = kAll; i-- > kAll - WindowLevels::kParts - kMostBack;)
    if (levels_[i] >= loud)
      return i + 1 == kAll ? 0
                           : (static_cast<std::int64_t>(i) + 1 - static_cast<std::int64_t>(kPast)) *
                                 static_cast<std::int64_t>(part_);
  return 0;
}

}  // namespace centralita
