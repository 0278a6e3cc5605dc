// Silero VAD v6 (and v5): the probability that there is speech in 32 ms of audio at 16 kHz. A
// forward pass of our own; the weights are read from the published silero_vad.onnx.
//
//   auto weights = SileroWeights::load(path);        // Result; once a process for each path
//   SileroState state(*weights);                     // one a stream
//   float probability = state.step(window);          // 512 samples in [-1, 1)
//
// The network: 64 samples of context before the window -> short-time Fourier transform of 256 with
// a stride of 128 -> four convolutions -> one LSTM cell of 128 -> one output. Only the branch for
// 16 kHz is used, for telephone audio too: up-sampled, it hears better than the branch for 8 kHz.
#pragma once

#include "plugins/base/result.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

// Immutable: any number of threads and streams share it. About 1.1 MB.
class SileroWeights {
 public:
  // The error is a sentence that names the path. A success is kept for the life of the process.
  // Any thread; reads a file of 2 MB and takes some milliseconds the first time.
  static Result<std::shared_ptr<const SileroWeights>> load(const std::string& path);
  // Without cache or path: what load() does with the file's bytes.
  static Result<std::shared_ptr<const SileroWeights>> parse(std::string_view onnx_file);

 private:
  friend class SileroState;
  struct Convolution {
    std::vector<float> weight;  // a matrix for each of three taps
    std::vector<float> bias;
  };

  // Matrices are laid out for the product: see silero_model.cpp.
  std::vector<float> basis_;  // real bins, imaginary bins, padding
  std::array<Convolution, 4> encoder_;
  std::vector<float> lstm_weight_;  // of the input, then of the hidden values
  std::vector<float> lstm_bias_;    // gates in the order i, f, g, o
  std::vector<float> output_weight_;
  float output_bias_ = 0;
};

// What one stream remembers, and its working memory: some 20 KB. One thread at a time.
class SileroState {
 public:
  static constexpr unsigned kRate = 16000;
  static constexpr std::size_t kWindow = 512;
  static constexpr std::size_t kHidden = 128;  // values of memory

  explicit SileroState(std::shared_ptr<const SileroWeights> weights);

  // Allocates nothing.
  float step(std::span<const float, kWindow> window);
  // In the place of step() for a window known to hold no speech: the network is not run, its memory
  // stays as it is, and only the context of the next window is kept.
  void skip(std::span<const float, kWindow> window);
  void reset();

 private:
  static constexpr std::size_t kContext = 64;
  static constexpr std::size_t kPadding = 64;

  void append(std::span<const float, kWindow> window);
  void spectrum();
  void encode();
  float decode();

  std::shared_ptr<const SileroWeights> weights_;
  std::array<float, kContext + kWindow + kPadding> audio_;
  std::array<float, kHidden> hidden_;
  std::array<float, kHidden> cell_;
  // Written and read within one step().
  std::array<float, 4 * 288> transform_;
  std::array<float, 4 * 129> magnitude_;
  std::array<float, 4 * 128> ping_;
  std::array<float, 4 * 128> pong_;
};

}  // namespace centralita
