// Cuts a stream of samples into windows of 32 ms and says of each how likely it holds speech:
// Silero's network where there are weights, else the level over the noise floor.
//
//   WindowScorer scorer(8000, weights);             // weights may be null
//   while (!samples.empty())
//     if (auto score = scorer.push(samples))        // takes from `samples` what it used
//       detector.push({score->probability, scorer.window(), score->onset, score->offset});
//
// The network is not run for windows that cannot change the answer (ActivityGate), which is what
// most of a call consists of. When the gate opens again it first hears the last windows it missed.
// Allocates in the constructor only. One thread at a time.
#pragma once

#include "plugins/vad/activity_gate.h"
#include "plugins/vad/edge_finder.h"
#include "plugins/vad/noise_floor.h"
#include "plugins/vad/silero_state.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace centralita {

class WindowScorer {
 public:
  enum class Network { kWhenNeeded, kAlways };

  struct Score {
    float probability;  // 0 to 1
    // Where a voice set in, if this is its first window, and where it broke off, if this is the
    // first without: samples from the window's begin, negative for before.
    std::int64_t onset, offset;
  };

  // `rate`: 8000 or 16000 Hz.
  WindowScorer(unsigned rate, std::shared_ptr<const SileroWeights> weights,
               Network network = Network::kWhenNeeded);

  std::size_t window() const { return window_; }  // samples: 256 or 512
  std::size_t pending() const { return fill_; }   // samples of the window that is not full yet
  std::uint64_t steps() const { return steps_; }  // how often the network ran: what it costs
  // dBFS; windows below it are silence whatever they sound like.
  void set_min_level(float dbfs);

  // Takes samples from the front of `samples` up to the end of the window; a score if that was
  // reached.
  std::optional<Score> push(std::span<const std::int16_t>& samples);
  // Samples are missing here: forgets the window that is not full, and edges before it.
  void drop_pending();
  void reset();

 private:
  using Audio = std::array<float, SileroState::kMaxWindow>;
  static constexpr std::size_t kContext = 4;  // windows that are heard when the gate opens

  Score score();
  float hear(const WindowLevels& levels, std::span<const std::int16_t> samples);
  float step(const Audio& audio);

  const std::size_t window_;
  const Network network_;
  float min_level_ = -65;
  std::optional<SileroState> silero_;
  ActivityGate gate_;
  NoiseFloor floor_;
  EdgeFinder edges_;
  std::array<std::int16_t, SileroState::kMaxWindow> samples_;
  std::size_t fill_ = 0;
  float probability_ = 0;                  // what the network said last
  std::array<Audio, kContext> kept_back_;  // the last windows that it has not heard
  std::size_t kept_back_count_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace centralita
