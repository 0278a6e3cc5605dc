// Cuts a stream of samples into windows of 32 ms and says of each how likely it holds speech:
// Silero's network where there are weights, else the level over the noise floor.
//
//   WindowScorer scorer(8000, weights);             // weights may be null
//   while (!samples.empty())
//     if (auto score = scorer.push(samples))        // takes from `samples` what it used
//       detector.push(score->probability, scorer.window());
//
// Windows quieter than `min_level` are silence without the network being run, which is what most of
// a call consists of. Allocates in the constructor only. One thread at a time.
#pragma once

#include "plugins/vad/energy_detector.h"
#include "plugins/vad/silero_state.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace centralita {

class WindowScorer {
 public:
  struct Score {
    float probability;  // 0 to 1
    float level_dbfs;   // -infinity for digital silence
  };

  // `rate`: 8000 or 16000 Hz.
  WindowScorer(unsigned rate, std::shared_ptr<const SileroWeights> weights);

  std::size_t window() const { return window_; }  // samples: 256 or 512
  std::size_t pending() const { return fill_; }   // samples of the window that is not full yet
  void set_min_level(float dbfs) { min_level_ = dbfs; }

  // Takes samples from the front of `samples` up to the end of the window; a score if that was
  // reached.
  std::optional<Score> push(std::span<const std::int16_t>& samples);
  // Forgets the window that is not full.
  void drop_pending() { fill_ = 0; }
  void reset();

 private:
  using Audio = std::array<float, SileroState::kMaxWindow>;

  Score score();
  void keep_back(const Audio& audio);
  void catch_up();

  const std::size_t window_;
  float min_level_ = -55;
  std::optional<SileroState> silero_;
  EnergyDetector energy_;
  std::array<std::int16_t, SileroState::kMaxWindow> samples_;
  std::size_t fill_ = 0;
  unsigned quiet_windows_ = 0;      // in a row
  std::array<Audio, 2> kept_back_;  // the last windows that the network has not heard
  std::size_t kept_back_count_ = 0;
};

// Root mean square, full scale = 0 dB.
float level_dbfs(std::span<const std::int16_t> samples);

}  // namespace centralita
