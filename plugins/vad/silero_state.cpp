#include "plugins/vad/silero_state.h"

#include "plugins/vad/vector_math.h"

#include <algorithm>
#include <cmath>

// GCC halves vectors of 64 bytes unless it is told not to; clang does not, and knows no such word.
#ifdef __clang__
#define CENTRALITA_WHOLE_VECTORS
#else
#define CENTRALITA_WHOLE_VECTORS ",prefer-vector-width=512"
#endif

namespace centralita {
namespace {

constexpr std::size_t kMagnitudeRow = 144;  // bins of a frame, rounded up to whole cache lines
constexpr std::size_t kBinRow = 80;         // bins of a quarter of the transform, likewise

}  // namespace

struct SileroState::Arithmetic {
  template <typename Vector>
  static CENTRALITA_INLINE float forward(SileroState& s) {
    // Vectors of outputs that are summed at once, for four, two or one rows: as many sums as hide a
    // multiplication's latency and as registers hold.
    constexpr bool kWide = kLanesOf<Vector> == 16;
    constexpr std::size_t kBinColumns = kLanesOf<Vector> == 16 ? 1 : 2;
    spectrum<Vector, kBinColumns>(s);

    const auto& w = *s.weights_;
    convolve<Vector, 4, kWide ? 4 : 2>(w.encoder[0], s.bins_, s.magnitude_.data(), kMagnitudeRow,
                                       s.first_.data() + 128);
    convolve<Vector, 2, 4>(w.encoder[1], 128, s.first_.data(), 128, s.second_.data());
    convolve<Vector, 1, kWide ? 4 : 8>(w.encoder[2], 64, s.second_.data(), 64, s.third_.data());
    convolve<Vector, 1, kWide ? 4 : 8>(w.encoder[3], 64, s.third_.data(), 64, s.cell_input_.data());
    return decode < Vector, kWide ? 4 : 8 > (s);
  }

  // Magnitudes of the bins of four frames; see SileroWeights::Transform.
  template <typename Vector, std::size_t columns>
  static CENTRALITA_INLINE void spectrum(SileroState& s) {
    const auto& transform = *s.transform_;
    const std::size_t size = transform.size;
    const std::size_t quarter = size / 4;
    const std::size_t row = quarter + 1;
    float* const sum_even = s.folded_.data();
    float* const sum_odd = sum_even + kFrames * row;
    float* const difference_even = sum_odd + kFrames * row;
    float* const difference_odd = difference_even + kFrames * row;
    for (std::size_t t = 0; t < kFrames; ++t) {
      const float* const x = s.audio_.data() + t * size / 2;
      const std::size_t at = t * row;
      // The first and the middle sample mirror themselves.
      sum_even[at] = x[0];
      difference_even[at] = 0;
      sum_even[at + quarter] = x[size / 2];
      difference_even[at + quarter] = 0;
      for (std::size_t i = 1; i < quarter; ++i) {
        sum_even[at + i] = x[2 * i] + x[size - 2 * i];
        difference_even[at + i] = x[2 * i] - x[size - 2 * i];
      }
      for (std::size_t i = 0; i < quarter; ++i) {
        sum_odd[at + i] = x[2 * i + 1] + x[size - 2 * i - 1];
        difference_odd[at + i] = x[2 * i + 1] - x[size - 2 * i - 1];
      }
    }

    constexpr std::size_t kBlock = kFrames * kBinRow;
    float* const real_even = s.spectrum_.data();
    float* const real_odd = real_even + kBlock;
    float* const imaginary_even = real_odd + kBlock;
    float* const imaginary_odd = imaginary_even + kBlock;
    s.spectrum_.fill(0);
    const auto product = [&](float* y, const float* x, const PackedMatrix& m)
        __attribute__((always_inline)) {
      multiply<Vector, kFrames, columns, SileroWeights::kBinPanel>(
          y, kBinRow, m.padded_outputs(), x, row, m.inputs(), m.inputs(), m.data());
    };
    product(real_even, sum_even, transform.real_even);
    product(real_odd, sum_odd, transform.real_odd);
    product(imaginary_even, difference_even, transform.imaginary_even);
    product(imaginary_odd, difference_odd, transform.imaginary_odd);

    for (std::size_t t = 0; t < kFrames; ++t) {
      const std::size_t at = t * kBinRow;
      float* const magnitude = s.magnitude_.data() + (t + 1) * kMagnitudeRow;
      alignas(64) float mirrored[kBinRow];
      for (std::size_t k = 0; k <= quarter; ++k) {
        const float re = real_even[at + k], ro = real_odd[at + k];
        const float ie = imaginary_even[at + k], io = imaginary_odd[at + k];
        magnitude[k] = __builtin_sqrtf((re + ro) * (re + ro) + (ie + io) * (ie + io));
        mirrored[k] = __builtin_sqrtf((re - ro) * (re - ro) + (ie - io) * (ie - io));
      }
      for (std::size_t k = 0; k < quarter; ++k) magnitude[size / 2 - k] = mirrored[k];
      // Of audio that was up-sampled from 8 kHz nothing is left at 4 kHz.
      if (size != 2 * (SileroWeights::kBins - 1))
        magnitude[size / 2] = 0;
    }
  }

  // A convolution of three taps, and ReLU. `x` points to the frame that the layer's first tap meets
  // first: one of padding, or the first of all.
  template <typename Vector, std::size_t frames, std::size_t columns>
  static CENTRALITA_INLINE void convolve(const SileroWeights::Layer& layer, std::size_t inputs,
                                         const float* x, std::size_t x_row, float* y) {
    const std::size_t out = layer.out;
    for (std::size_t t = 0; t < frames; ++t)
      for (std::size_t o = 0; o < out; ++o) y[t * out + o] = layer.bias[o];
    for (std::size_t tap = layer.first_tap; tap <= layer.last_tap; ++tap) {
      const auto& weight = layer.weight[tap - layer.first_tap];
      multiply<Vector, frames, columns, SileroWeights::kPanel>(
          y, out, out, x + (tap - layer.first_tap) * x_row, layer.stride * x_row, inputs,
          weight.inputs(), weight.data());
    }
    for (std::size_t i = 0; i < frames * out; ++i) y[i] = y[i] > 0 ? y[i] : 0;
  }

  template <typename Vector, std::size_t columns>
  static CENTRALITA_INLINE float decode(SileroState& s) {
    const auto& w = *s.weights_;
    alignas(64) float gates[SileroWeights::kGates];
    for (std::size_t i = 0; i < SileroWeights::kGates; ++i) gates[i] = w.lstm_bias[i];
    multiply<Vector, 1, columns, SileroWeights::kPanel>(gates, 0, SileroWeights::kGates,
                                                        s.cell_input_.data(), 0, 2 * kHidden,
                                                        w.lstm.inputs(), w.lstm.data());
    float* const hidden = s.cell_input_.data() + kHidden;
    Vector sum{};
    for (std::size_t i = 0; i < kHidden; i += kLanesOf<Vector>) {
      Vector in, forget, candidate, out, cell, weight;
      load(in, gates + i);
      load(forget, gates + kHidden + i);
      load(candidate, gates + 2 * kHidden + i);
      load(out, gates + 3 * kHidden + i);
      load(cell, s.cell_.data() + i);
      sigmoid(in);
      sigmoid(forget);
      hyperbolic_tangent(candidate);
      sigmoid(out);
      cell = forget * cell + in * candidate;
      store(s.cell_.data() + i, cell);
      hyperbolic_tangent(cell);
      const Vector value = out * cell;
      store(hidden + i, value);
      load(weight, w.output.data() + i);
      sum += weight * (value > 0 ? value : Vector{});
    }
    float output = w.output_bias;
    for (std::size_t i = 0; i < kLanesOf<Vector>; ++i) output += sum[i];
    return 1 / (1 + std::exp(-output));
  }

  static float baseline(SileroState& s) { return forward<Lanes<4>::Floats>(s); }
#ifdef __x86_64__
  __attribute__((target("avx2,fma"))) static float v3(SileroState& s) {
    return forward<Lanes<8>::Floats>(s);
  }
  __attribute__((
      target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl" CENTRALITA_WHOLE_VECTORS))) static float
  v4(SileroState& s) {
    return forward<Lanes<16>::Floats>(s);
  }
#endif
};

std::span<const VectorLevel> vector_levels() {
  static const std::vector<VectorLevel> levels = [] {
    std::vector found{VectorLevel::kBaseline};
#ifdef __x86_64__
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (v3)
      found.push_back(VectorLevel::kV3);
    if (v4)
      found.push_back(VectorLevel::kV4);
#endif
    return found;
  }();
  return levels;
}

SileroState::SileroState(std::shared_ptr<const SileroWeights> weights, unsigned rate,
                         VectorLevel level)
    : weights_(std::move(weights)),
      forward_(&Arithmetic::baseline),
      transform_(rate == 8000 ? &weights_->narrow : &weights_->wide),
      window_(2 * transform_->size),
      context_(window_ / 8),
      bins_(transform_->size / 2 + 1) {
#ifdef __x86_64__
  if (level == VectorLevel::kV3)
    forward_ = &Arithmetic::v3;
  else if (level == VectorLevel::kV4)
    forward_ = &Arithmetic::v4;
#endif
  magnitude_.fill(0);
  first_.fill(0);
  reset();
}

void SileroState::reset() {
  audio_.fill(0);
  cell_input_.fill(0);
  cell_.fill(0);
}

void SileroState::append(std::span<const float> window) {
  std::copy_n(audio_.begin() + static_cast<std::ptrdiff_t>(window_), context_, audio_.begin());
  std::copy(window.begin(), window.end(), audio_.begin() + static_cast<std::ptrdiff_t>(context_));
}

void SileroState::skip(std::span<const float> window) { append(window); }

float SileroState::step(std::span<const float> window) {
  append(window);
  // The end is continued by its mirror image, around the last sample at 16 kHz. At 8 kHz that is
  // half a sample behind the last one.
  const std::size_t end = context_ + window_;
  const std::size_t around = transform_ == &weights_->wide ? 2 : 1;
  for (std::size_t i = 0; i < context_; ++i) audio_[end + i] = audio_[end - around - i];
  return forward_(*this);
}

}  // namespace centralita
