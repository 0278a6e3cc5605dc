// Silero VAD v6 (and v5): the probability that there is speech in 32 ms of audio. A forward pass of
// our own.
//
//   SileroState state(*SileroWeights::load(path), 8000);     // one a stream
//   float probability = state.step(window);                  // 256 samples in [-1, 1)
//
// The network: context of 4 ms before the window -> short-time Fourier transform, four frames of
// 16 ms -> four convolutions -> one LSTM cell of 128 -> one output. It was made for 16 kHz. Audio
// at 8 kHz needs no up-sampling for it: a transform of half as many samples gives the same lower
// half of the bins, and the upper half would be zero.
#pragma once

#include "plugins/vad/silero_weights.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace centralita {

// The instructions the arithmetic is compiled for: all x86-64 (SSE2), x86-64-v3 (AVX2, FMA),
// x86-64-v4 (AVX-512). On other processors there is kBaseline only.
enum class VectorLevel { kBaseline, kV3, kV4 };
// Those this processor has, the best last. Results differ by rounding only.
std::span<const VectorLevel> vector_levels();

// What one stream remembers, and its working memory: some 20 KB. One thread at a time.
class SileroState {
 public:
  static constexpr std::size_t kMaxWindow = 512;

  // `rate`: 8000 or 16000 Hz.
  SileroState(std::shared_ptr<const SileroWeights> weights, unsigned rate,
              VectorLevel level = vector_levels().back());

  std::size_t window() const { return window_; }  // samples: 256 or 512

  // `window` samples in [-1, 1). Allocates nothing.
  float step(std::span<const float> window);
  // In the place of step() for a window that is not to be heard: the network's memory stays as it
  // is, and only the context of the next window is kept.
  void skip(std::span<const float> window);
  void reset();

 private:
  static constexpr std::size_t kFrames = 4;
  static constexpr std::size_t kHidden = SileroWeights::kHidden;

  // The arithmetic. Compiled once for each level.
  struct Arithmetic;

  void append(std::span<const float> window);

  std::shared_ptr<const SileroWeights> weights_;
  float (*forward_)(SileroState&);
  const SileroWeights::Transform* transform_;
  std::size_t window_;
  std::size_t context_;  // samples: an eighth of a window
  std::size_t bins_;     // that can be other than zero

  alignas(64) std::array<float, kMaxWindow * 5 / 4> audio_;  // context, window, its mirrored end
  // Input of the cell: what the encoder gives, then the hidden values, which are memory.
  alignas(64) std::array<float, 2 * kHidden> cell_input_;
  alignas(64) std::array<float, kHidden> cell_;  // memory
  // Written and read within one step(), but for frames of padding, which stay zero.
  alignas(64) std::array<float, 4 * kFrames * 65> folded_;
  alignas(64) std::array<float, 4 * kFrames * 80> spectrum_;
  alignas(64) std::array<float, (kFrames + 2) * 144> magnitude_;
  alignas(64) std::array<float, (kFrames + 1) * 128> first_;
  alignas(64) std::array<float, 2 * 64> second_;
  alignas(64) std::array<float, 64> third_;
};

}  // namespace centralita
