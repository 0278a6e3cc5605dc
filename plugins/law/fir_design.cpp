#include "plugins/law/fir_design.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <tuple>

namespace centralita {
namespace {

constexpr int kShift = 15;  // of the large coefficients
constexpr int kFineShift = kShift + FirPlan::kFinerBits;

struct Shape {
  unsigned taps;     // for each sample of the lower rate
  double cutoff;     // the middle of the transition; 1 is the lower rate
  double rejection;  // dB, of the stop band
  // A short filter's rounding errors are few: where one bit less lets all its taps have one scale,
  // that saves the second sum.
  bool one_scale;
};

Shape shape_of(FirKind kind) {
  if (kind == FirKind::kTelephoneBand)
    return {
        .taps = kTelephoneBandTaps, .cutoff = 3685.0 / 8000, .rejection = 80, .one_scale = false};
  // 3.5 to 11.5 kHz.
  return {.taps = kWideBandTaps, .cutoff = 7500.0 / 16000, .rejection = 94, .one_scale = true};
}

// A Kaiser-windowed sinc at the higher rate, centred on its middle element; the first one is zero.
std::vector<double> make_prototype(const Shape& shape, unsigned factor) {
  const int size = static_cast<int>(shape.taps * factor);
  const double beta = 0.1102 * (shape.rejection - 8.7);
  const double turn = 2 * std::numbers::pi * shape.cutoff / factor;
  std::vector<double> h(static_cast<std::size_t>(size));
  for (int i = 1; i < size; ++i) {
    const double t = i - size / 2;
    const double r = t / (size / 2);
    h[static_cast<std::size_t>(i)] = (t == 0 ? turn : std::sin(turn * t) / t) *
                                     std::cyl_bessel_i(0, beta * std::sqrt(1 - r * r));
  }
  return h;
}

// The taps of each phase in the order of the samples they meet, with a gain of 1.
std::vector<std::vector<double>> make_phases(const Shape& shape, unsigned factor, bool up) {
  const auto prototype = make_prototype(shape, factor);
  const unsigned phases = up ? factor : 1;
  std::vector<std::vector<double>> result;
  for (unsigned p = 0; p < phases; ++p) {
    std::vector<double> taps;
    for (std::size_t at = p; at < prototype.size(); at += phases) taps.push_back(prototype[at]);
    std::reverse(taps.begin(), taps.end());
    double gain = 0;
    for (const double tap : taps) gain += tap;
    for (double& tap : taps) tap /= gain;
    result.push_back(std::move(taps));
  }
  return result;
}

double magnitude_of(const std::vector<double>& taps, unsigned begin, unsigned end) {
  double sum = 0;
  for (unsigned k = begin; k < end; ++k) sum += std::abs(taps[k]);
  return sum;
}

// How the step of a plan lies over its input.
struct Step {
  unsigned outputs;
  unsigned interpolation;
  unsigned decimation;

  unsigned offset(unsigned output) const { return output / interpolation * decimation; }
  unsigned span() const { return offset(outputs - 1); }
};

constexpr unsigned kSamples = 2 * FirPlan::kPairs;

unsigned round_up(unsigned n) { return (n + kSamples - 1) / kSamples * kSamples; }

// A step has whole positions of the filter, so a number of outputs that the factor divides.
unsigned vectors_of(unsigned factor, bool up) { return up && factor == 3 ? 3 : 1; }

Step make_step(unsigned factor, bool up, unsigned lanes) {
  return {.outputs = vectors_of(factor, up) * lanes,
          .interpolation = up ? factor : 1,
          .decimation = up ? 1 : factor};
}

// The taps of the larger scale, the same in every phase. What the others need is that each fits 16
// bits and their sum 32, whatever the input: a part has half of them, of which the magnitudes are
// about half; a third is left for the difference.
struct Middle {
  unsigned begin, end;
  bool has(std::size_t k) const { return k >= begin && k < end; }
};

// Whether the taps outside of the middle fit at that scale, and their sums.
bool fit(const std::vector<std::vector<double>>& phases, Middle middle, int shift) {
  return std::all_of(phases.begin(), phases.end(), [&](const std::vector<double>& taps) {
    double largest = 0;
    for (unsigned k = 0; k < taps.size(); ++k)
      if (!middle.has(k))
        largest = std::max(largest, std::abs(taps[k]));
    const auto size = static_cast<unsigned>(taps.size());
    const double sum = magnitude_of(taps, 0, middle.begin) + magnitude_of(taps, middle.end, size);
    const double scale = 1 << shift;
    return largest * scale < 32000 && sum * scale * 32768 * 2 / 3 < 0x7fffffff;
  });
}

struct Scales {
  Middle middle;  // of the larger scale; empty: all have the finer one
  int fine_shift = kFineShift;
};

Scales find_scales(const std::vector<std::vector<double>>& phases, bool one_scale) {
  const auto half = static_cast<unsigned>(phases.front().size()) / 2;
  const Middle none{half, half};
  if (one_scale && fit(phases, none, kFineShift - 1))
    return {.middle = none, .fine_shift = kFineShift - 1};
  Scales scales{.middle = none};
  for (; !fit(phases, scales.middle, scales.fine_shift); --scales.middle.begin) ++scales.middle.end;
  return scales;
}

// In units of the finer scale, of which a large tap has a multiple. They add up to exactly 1.
std::vector<std::int32_t> round_taps(const std::vector<double>& taps, const Scales& scales) {
  const Middle& middle = scales.middle;
  const std::int32_t one = 1 << scales.fine_shift;
  const auto unit = [&](std::size_t k) { return middle.has(k) ? 1 << FirPlan::kFinerBits : 1; };
  std::vector<std::int32_t> rounded;
  std::int32_t missing = one;
  // Where the scale is coarse, the error of each tap goes on to the next one, which leaves none in
  // the pass band, the lowest sixth of the higher rate.
  const bool carries = scales.fine_shift < kFineShift;
  double carried = 0;
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const double exact = taps[k] * one + carried;
    rounded.push_back(static_cast<std::int32_t>(std::lrint(exact / unit(k))) * unit(k));
    if (carries)
      carried = exact - rounded.back();
    missing -= rounded.back();
  }
  // What is missing goes to the small ones where rounding the other way makes the least error.
  for (; missing != 0; missing += missing > 0 ? -1 : 1) {
    const int change = missing > 0 ? 1 : -1;
    const auto error_after = [&](std::size_t k) {
      return std::abs(rounded[k] + change - taps[k] * one);
    };
    std::size_t best = 0;
    for (std::size_t k = 1; k < taps.size(); ++k)
      if (!middle.has(k) && error_after(k) < error_after(best))
        best = k;
    rounded[best] += change;
  }
  return rounded;
}

FirFilter make_filter(const Shape& shape, unsigned factor, bool up, unsigned lanes) {
  const auto phases = make_phases(shape, factor, up);
  const auto size = static_cast<unsigned>(phases.front().size());
  const Scales scales = find_scales(phases, shape.one_scale);
  const Middle& middle = scales.middle;
  std::vector<std::vector<std::int32_t>> taps;
  for (const auto& phase : phases) taps.push_back(round_taps(phase, scales));

  const Step step = make_step(factor, up, lanes);
  const unsigned samples = round_up(step.span() + size);
  const unsigned large_begin = middle.begin / 2 * 2;
  const unsigned large_end = middle.begin == middle.end
                                 ? large_begin
                                 : large_begin + round_up(middle.end + step.span() - large_begin);
  const auto table = [&](unsigned begin, unsigned end, bool large) {
    Coefficients coefficients(std::size_t{end - begin} * step.outputs);
    for (unsigned output = 0; output < step.outputs; ++output)
      for (unsigned k = 0; k < size; ++k) {
        if (middle.has(k) != large)
          continue;
        const unsigned at = step.offset(output) + k - begin;
        const std::int32_t tap = taps[output % step.interpolation][k];
        coefficients[(std::size_t{at / 2} * step.outputs + output) * 2 + at % 2] =
            static_cast<std::int16_t>(large ? tap >> FirPlan::kFinerBits : tap);
      }
    return coefficients;
  };
  return {.taps = size,
          .interpolation = step.interpolation,
          .decimation = step.decimation,
          .outputs_per_step = step.outputs,
          .plan = {.small = nullptr,
                   .large = nullptr,
                   .vectors = vectors_of(factor, up),
                   .pairs = samples / 2,
                   .large_begin = large_begin / 2,
                   .large_end = large_end / 2,
                   .input_step = step.offset(step.outputs),
                   .shift = scales.fine_shift - FirPlan::kFinerBits},
          .small = table(0, samples, false),
          .large = table(large_begin, large_end, true)};
}

}  // namespace

const FirFilter& fir_filter(FirKind kind, unsigned factor, bool up, unsigned lanes) {
  static std::mutex mutex;
  static std::map<std::tuple<FirKind, unsigned, bool, unsigned>, FirFilter> filters;
  const std::lock_guard lock(mutex);
  const auto [found, made] = filters.try_emplace(std::tuple(kind, factor, up, lanes));
  FirFilter& filter = found->second;
  if (made) {
    filter = make_filter(shape_of(kind), factor, up, lanes);
    filter.plan.small = filter.small.data();
    filter.plan.large = filter.large.data();
  }
  return filter;
}

}  // namespace centralita
