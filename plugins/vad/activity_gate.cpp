#include "plugins/vad/activity_gate.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

constexpr float kSurelySilence = 0.1f;  // probability
// The network judges by what it heard before; this long its memory takes to settle.
constexpr unsigned kSettling = 16;  // windows: half a second
constexpr unsigned kAskAgain = 64;  // windows: two seconds
constexpr float kRate = 1.0f / 16;  // of learning, for each window
constexpr unsigned kLearnt = 8;     // windows
// How far from the mean a window may be, in dB: some deviations, within limits.
constexpr float kDeviations = 3;
constexpr float kLeast = 1.2f;
constexpr float kMost = 3;

}  // namespace

bool ActivityGate::Steadiness::holds(float dbfs) const {
  // Quieter than the noise is no news.
  return count_ >= kLearnt && dbfs - mean_ < std::clamp(kDeviations * deviation_, kLeast, kMost);
}

void ActivityGate::Steadiness::push(float dbfs) {
  // A plain mean at first.
  const float rate = std::max(kRate, 1.0f / static_cast<float>(++count_));
  const float difference = dbfs - mean_;
  deviation_ += rate * (std::abs(difference) - deviation_);
  if (count_ == 1)
    deviation_ = kMost / kDeviations;
  mean_ += rate * difference;
}

bool ActivityGate::is_open(const WindowLevels& levels) {
  present_ = levels;
  const bool inaudible = levels.level < min_level_;
  const bool quiet = inaudible || (probability_ < kSurelySilence && level_.holds(levels.level) &&
                                   treble_.holds(levels.treble));
  quiet_ = quiet ? quiet_ + 1 : 0;
  if (quiet_ <= kSettling)
    return true;
  if (!inaudible && ++unheard_ >= kAskAgain)
    return true;
  learn(levels);
  return false;
}

void ActivityGate::heard(float probability) {
  unheard_ = 0;
  probability_ = probability;
  if (probability < kSurelySilence) {
    learn(present_);
  } else {
    quiet_ = 0;
  }
}

void ActivityGate::learn(const WindowLevels& levels) {
  level_.push(levels.level);
  treble_.push(levels.treble);
}

}  // namespace centralita
