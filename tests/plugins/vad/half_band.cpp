#include "tests/plugins/vad/half_band.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace centralita {
namespace {

constexpr std::size_t kTaps = 24;
constexpr double kKaiserBeta = 5.65;  // for 60 dB

// Of a half-band filter only the odd taps are not zero; they give the sample midway between two.
std::array<float, kTaps> make_taps() {
  std::array<double, kTaps> taps;
  double sum = 0;
  for (std::size_t i = 0; i < kTaps; ++i) {
    const double t = static_cast<double>(i) - (kTaps - 1) / 2.0;  // in samples of the input
    const double x = t / (kTaps / 2.0);
    const double window = std::cyl_bessel_i(0, kKaiserBeta * std::sqrt(1 - x * x));
    taps[i] = std::sin(std::numbers::pi * t) / (std::numbers::pi * t) * window;
    sum += taps[i];
  }
  std::array<float, kTaps> result;
  std::transform(taps.begin(), taps.end(), result.begin(),
                 [&](double v) { return static_cast<float>(v / sum); });
  return result;
}

}  // namespace

void HalfBandUpsampler::push(std::span<const std::int16_t> input, std::span<float> output) {
  static const std::array<float, kTaps> kFilter = make_taps();
  constexpr std::size_t kPast = kTaps - 1;
  std::transform(input.begin(), input.end(), history_.begin() + kPast,
                 [](std::int16_t s) { return static_cast<float>(s) / 32768.0f; });
  // Tap by tap for all samples, not sample by sample: so it vectorises.
  std::array<float, kMaxBlock> between{};
  for (std::size_t k = 0; k < kTaps; ++k)
    for (std::size_t i = 0; i < input.size(); ++i) between[i] += kFilter[k] * history_[i + k];
  for (std::size_t i = 0; i < input.size(); ++i) {
    output[2 * i] = history_[i + kTaps / 2 - 1];
    output[2 * i + 1] = between[i];
  }
  std::copy_n(history_.begin() + static_cast<std::ptrdiff_t>(input.size()), kPast,
              history_.begin());
}

}  // namespace centralita
