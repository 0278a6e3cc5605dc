// The weights of Silero VAD v6 (and v5), read from the published silero_vad.onnx and laid out for
// the products that SileroState makes of them. Only the network for 16 kHz is used, for telephone
// audio too: it hears better than the one for 8 kHz.
//
//   auto weights = SileroWeights::load(path);        // Result; once a process for each path
#pragma once

#include "plugins/base/result.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

// A matrix for products of a few rows of inputs with it. It lies in panels, one after the other, of
// as many outputs as a pass keeps in registers: [output / panel][input][output % panel]. So a
// product reads it from one end to the other, and each load is one aligned cache line or more.
class PackedMatrix {
 public:
  static constexpr std::size_t kLine = 16;  // floats of a cache line; a panel is a multiple of it

  PackedMatrix() = default;
  // `element(output, input)`; outputs beyond the last, up to a whole panel, are zero.
  PackedMatrix(std::size_t outputs, std::size_t inputs, std::size_t panel,
               const std::function<float(std::size_t, std::size_t)>& element);

  std::size_t inputs() const { return inputs_; }
  std::size_t padded_outputs() const { return padded_; }
  const float* data() const { return lines_.empty() ? nullptr : lines_.front().values; }

 private:
  struct alignas(64) Line {
    float values[kLine];
  };
  std::size_t inputs_ = 0;
  std::size_t padded_ = 0;
  std::vector<Line> lines_;
};

// Immutable: any number of threads and streams share it. About 1 MB.
struct SileroWeights {
  static constexpr std::size_t kPanel = 64;     // of the layers
  static constexpr std::size_t kBinPanel = 16;  // of the transform
  static constexpr std::size_t kBins = 129;     // of a transform of 256 samples at 16 kHz
  static constexpr std::size_t kHidden = 128;
  static constexpr std::size_t kGates = 4 * kHidden;

  struct Layer {
    std::size_t in, out;
    std::size_t stride;                // frames of input for one of output
    std::size_t first_tap, last_tap;   // of three; the others only ever meet padding
    std::vector<PackedMatrix> weight;  // for each tap from the first to the last
    std::vector<float> bias;
  };
  // A windowed Fourier transform by halves: the windows of the published matrix are even, so
  // samples that mirror each other are added (for the real part) or subtracted (for the imaginary
  // part) first; and what even and odd samples give to bin k they give, but for a sign, to its
  // mirror bin. A fourth of the products of the matrix. Inputs are samples 0, 2, .. or 1, 3, .. up
  // to the middle, outputs bins 0 to a quarter of the transform's size.
  struct Transform {
    std::size_t size = 0;  // samples
    PackedMatrix real_even, real_odd, imaginary_even, imaginary_odd;
  };

  // The error is a sentence that names the path. A success is kept for the life of the process.
  // Any thread; reads a file of 2 MB and takes some milliseconds the first time.
  static Result<std::shared_ptr<const SileroWeights>> load(const std::string& path);
  // Without cache or path: what load() does with the file's bytes.
  static Result<std::shared_ptr<const SileroWeights>> parse(std::string_view onnx_file);

  Transform narrow;  // of 128 samples at 8 kHz: bins 0 to 64 of `wide`
  Transform wide;    // of 256 samples at 16 kHz
  std::array<Layer, 4> encoder;
  PackedMatrix lstm;             // inputs: 128 of the encoder, then 128 hidden; gates i, f, g, o
  std::vector<float> lstm_bias;  // 512
  std::vector<float> output;     // 128
  float output_bias = 0;
};

}  // namespace centralita
