#include "server/sandbox/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace centralita::sandbox {
namespace {

constexpr int kZeroCrossings = 16;

double sinc(double x) {
  return std::abs(x) < 1e-9 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double hann(double x) {  // x in -1 .. 1
  return 0.5 + 0.5 * std::cos(std::numbers::pi * x);
}

std::int16_t to_sample(double value) {
  return static_cast<std::int16_t>(std::clamp(std::lround(value), -32768L, 32767L));
}

}  // namespace

Resampler::Resampler(int from_rate, int to_rate)
    : step_(static_cast<double>(from_rate) / to_rate),
      // A little below the lower Nyquist frequency: the window's transition needs room.
      cutoff_(std::min(1.0, static_cast<double>(to_rate) / from_rate) * 0.94),
      half_width_(kZeroCrossings / cutoff_) {}

std::vector<std::int16_t> Resampler::push(std::span<const std::int16_t> samples) {
  if (step_ == 1.0)
    return {samples.begin(), samples.end()};
  input_.insert(input_.end(), samples.begin(), samples.end());
  received_ += static_cast<std::int64_t>(samples.size());
  return produce(false);
}

std::vector<std::int16_t> Resampler::finish() {
  return step_ == 1.0 ? std::vector<std::int16_t>{} : produce(true);
}

std::vector<std::int16_t> Resampler::produce(bool at_end) {
  std::vector<std::int16_t> out;
  for (;; ++next_) {
    const double position = static_cast<double>(next_) * step_;
    if (at_end ? position >= static_cast<double>(received_)
               : position + half_width_ >= static_cast<double>(received_))
      break;
    out.push_back(to_sample(value_at(position)));
  }
  const auto keep_from =
      static_cast<std::int64_t>(static_cast<double>(next_) * step_ - half_width_) - 1;
  const auto drop =
      std::clamp<std::int64_t>(keep_from - base_, 0, static_cast<std::int64_t>(input_.size()));
  input_.erase(input_.begin(), input_.begin() + drop);
  base_ += drop;
  return out;
}

double Resampler::value_at(double position) const {
  const auto first =
      std::max<std::int64_t>(base_, static_cast<std::int64_t>(std::ceil(position - half_width_)));
  const auto last =
      std::min<std::int64_t>(received_ - 1, static_cast<std::int64_t>(position + half_width_));
  double sum = 0;
  for (auto i = first; i <= last; ++i) {
    const double distance = static_cast<double>(i) - position;
    sum += input_[static_cast<std::size_t>(i - base_)] * sinc(cutoff_ * distance) *
           hann(distance / half_width_);
  }
  return sum * cutoff_;
}

std::vector<float> upsample_folded(std::span<const std::int16_t> samples, double image_gain) {
  // Half-band interpolation: even outputs are the input, odd ones lie between. The image is what
  // zero-stuffing leaves over beside the low band: even outputs +x, odd ones -x(between).
  constexpr int kHalf = 16;
  static const auto taps = [] {
    std::array<double, kHalf> t{};
    for (int i = 0; i < kHalf; ++i) t[i] = sinc(i + 0.5) * hann((i + 0.5) / kHalf);
    return t;
  }();
  const auto count = static_cast<std::int64_t>(samples.size());
  std::vector<float> out(samples.size() * 2);
  for (std::int64_t n = 0; n < count; ++n) {
    double between = 0;
    for (int i = 0; i < kHalf; ++i) {
      if (n - i >= 0)
        between += taps[i] * samples[static_cast<std::size_t>(n - i)];
      if (n + 1 + i < count)
        between += taps[i] * samples[static_cast<std::size_t>(n + 1 + i)];
    }
    out[static_cast<std::size_t>(2 * n)] =
        static_cast<float>((1 + image_gain) * samples[static_cast<std::size_t>(n)]);
    out[static_cast<std::size_t>(2 * n + 1)] = static_cast<float>((1 - image_gain) * between);
  }
  return out;
}

}  // namespace centralita::sandbox
