// Where a voice set in or broke off, to 8 ms, from how loud the audio was around the window in
// which the network noticed: it notices the beginning late, and both on a grid of 32 ms.
//
// The answer is a distance from the window's begin, in samples of the stream, negative for before.
// Where levels show no clear edge, in loud noise for one, it is 0: the grid. No allocation. One
// thread.
#pragma once

#include "plugins/vad/window_levels.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace centralita {

class EdgeFinder {
 public:
  // `window`: samples of a window.
  explicit EdgeFinder(std::size_t window) : part_(window / WindowLevels::kParts) {}

  // Once a window; `floor` is the noise floor in dBFS.
  void push(const WindowLevels& levels, float floor);
  // If the voice was noticed in the last window pushed: where it set in.
  std::int64_t onset() const;
  // If the voice was no longer noticed in the last window pushed: where it broke off.
  std::int64_t offset() const;
  void reset() { count_ = 0; }

 private:
  static constexpr std::size_t kPast = 28;  // parts before the window: 224 ms
  static constexpr std::size_t kAll = kPast + WindowLevels::kParts;

  float threshold() const;

  std::size_t part_;                // samples
  std::array<float, kAll> levels_;  // the last are the window's
  std::size_t count_ = 0;
  float floor_ = 0;
};

}  // namespace centralita
