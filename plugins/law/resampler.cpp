#include "plugins/law/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace centralita {

// Each step forward takes `step` samples in and gives one sample out for every phase.
struct ResamplerFilter {
  unsigned phases;
  unsigned taps;  // of a phase; a multiple of 64
  unsigned step;
  std::vector<float> coefficients;  // [phase][tap], in the order of the samples they meet
};

namespace {

constexpr unsigned kTapsPerBaseSample = 64;
constexpr double kCutoff = 3685;           // Hz, the middle of the transition
constexpr double kStopBandRejection = 80;  // dB, what the window is made for
constexpr std::size_t kBlock = 960;        // samples filtered at a time

// Kaiser-windowed sinc at the higher rate, centred on its middle element; the first one is zero.
std::vector<double> make_prototype(unsigned factor) {
  const int size = static_cast<int>(kTapsPerBaseSample * factor);
  const double beta = 0.1102 * (kStopBandRejection - 8.7);
  const double turn = 2 * std::numbers::pi * kCutoff / (Resampler::kBaseRate * factor);
  std::vector<double> h(static_cast<std::size_t>(size));
  for (int i = 1; i < size; ++i) {
    const double t = i - size / 2;
    const double r = t / (size / 2);
    h[static_cast<std::size_t>(i)] = (t == 0 ? turn : std::sin(turn * t) / t) *
                                     std::cyl_bessel_i(0, beta * std::sqrt(1 - r * r));
  }
  return h;
}

ResamplerFilter make_filter(unsigned factor, bool up) {
  const auto prototype = make_prototype(factor);
  ResamplerFilter filter{.phases = up ? factor : 1,
                         .taps = up ? kTapsPerBaseSample : kTapsPerBaseSample * factor,
                         .step = up ? 1 : factor,
                         .coefficients = {}};
  for (unsigned p = 0; p < filter.phases; ++p) {
    const auto tap = [&](unsigned k) {
      return prototype[p + (filter.taps - 1 - k) * filter.phases];
    };
    // Every phase has the same gain: otherwise a constant would come out as a tone.
    double gain = 0;
    for (unsigned k = 0; k < filter.taps; ++k) gain += tap(k);
    for (unsigned k = 0; k < filter.taps; ++k)
      filter.coefficients.push_back(static_cast<float>(tap(k) / gain));
  }
  return filter;
}

// Filters are the same for every stream of the process.
const ResamplerFilter* find_filter(unsigned input_rate, unsigned output_rate) {
  static const std::array up = {make_filter(2, true), make_filter(3, true), make_filter(6, true)};
  static const std::array down = {make_filter(2, false), make_filter(3, false),
                                  make_filter(6, false)};
  const auto index = [](unsigned factor) -> std::size_t { return factor == 6 ? 2 : factor - 2; };
  if (input_rate == output_rate)
    return nullptr;
  return input_rate < output_rate ? &up[index(output_rate / input_rate)]
                                  : &down[index(input_rate / output_rate)];
}

// Eight sums side by side, added in a fixed order at the end: the compiler may use vectors of any
// width and the result is the same. `n` is a multiple of 8.
float dot(const float* a, const float* b, std::size_t n) {
  std::array<float, 8> sums{};
  for (std::size_t i = 0; i < n; i += sums.size())
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += a[i + j] * b[i + j];
  for (std::size_t half = sums.size() / 2; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
  return sums[0];
}

std::int16_t to_sample(float value) {
  // Halves are rounded up, which costs a conversion and no call.
  const float clipped = std::clamp(value, -32768.0f, 32767.0f);
  return static_cast<std::int16_t>(static_cast<std::int32_t>(clipped + 32768.5f) - 32768);
}

}  // namespace

Resampler::Resampler(unsigned input_rate, unsigned output_rate)
    : filter_(find_filter(input_rate, output_rate)) {
  if (filter_)
    work_.resize(filter_->taps + kBlock);
  reset();
}

std::size_t Resampler::max_output(std::size_t input) const {
  return filter_ ? (input + filter_->step - 1) / filter_->step * filter_->phases : input;
}

std::size_t Resampler::max_drain() const { return filter_ ? max_output(filter_->taps / 2) : 0; }

std::chrono::nanoseconds Resampler::delay() const {
  return filter_
             ? std::chrono::nanoseconds(std::chrono::seconds(kTapsPerBaseSample / 2)) / kBaseRate
             : std::chrono::nanoseconds(0);
}

void Resampler::reset() {
  if (!filter_)
    return;
  // Silence before the first sample, as much as puts that sample in the middle of the filter when
  // the first output is made.
  fill_ = filter_->taps / 2 - 1;
  std::fill_n(work_.begin(), fill_, 0.0f);
}

std::size_t Resampler::push(std::span<const std::int16_t> input, std::span<std::int16_t> output) {
  if (!filter_) {
    std::copy(input.begin(), input.end(), output.begin());
    return input.size();
  }
  std::size_t written = 0;
  while (!input.empty()) {
    const auto block = input.first(std::min(input.size(), work_.size() - fill_));
    std::copy(block.begin(), block.end(), work_.begin() + static_cast<std::ptrdiff_t>(fill_));
    fill_ += block.size();
    written += run(output.data() + written);
    input = input.subspan(block.size());
  }
  return written;
}

std::size_t Resampler::run(std::int16_t* output) {
  const ResamplerFilter& filter = *filter_;
  std::size_t at = 0;
  std::size_t written = 0;
  for (; at + filter.taps <= fill_; at += filter.step)
    for (unsigned p = 0; p < filter.phases; ++p)
      output[written++] =
          to_sample(dot(&work_[at], &filter.coefficients[p * filter.taps], filter.taps));
  fill_ -= at;
  std::copy_n(work_.begin() + static_cast<std::ptrdiff_t>(at), fill_, work_.begin());
  return written;
}

std::size_t Resampler::drain(std::span<std::int16_t> output) {
  if (!filter_)
    return 0;
  static constexpr std::array<std::int16_t, kTapsPerBaseSample * 6 / 2> kSilence{};
  const std::size_t written = push(std::span(kSilence).first(filter_->taps / 2), output);
  reset();
  return written;
}

}  // namespace centralita
