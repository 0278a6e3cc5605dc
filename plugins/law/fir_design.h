// The filters of resampler.h, made and laid out for the loops of kernels.h.
//
// A Kaiser-windowed sinc, linear phase. Its coefficients are 16-bit numbers: every output's own set
// of them adds up to exactly 1, so a constant stays itself, and the scale is as large as leaves
// room for the worst input there is: no sum can overflow.
#pragma once

#include "plugins/law/kernels.h"

#include <vector>

namespace centralita {

enum class FirKind {
  kTelephoneBand,  // from 8 kHz, keeping what is below 3.4 kHz
  kWideBand,       // from 16 kHz, keeping that too, where there is nothing from 4 to 12 kHz to stop
};

// For each sample of the lower rate.
constexpr unsigned kTelephoneBandTaps = 64;
constexpr unsigned kWideBandTaps = 12;

// Whole lines of the cache: a vector that lies across two costs twice as much to fetch.
struct alignas(64) CacheLine {
  std::int16_t values[32];
};

class Coefficients {
 public:
  Coefficients() = default;
  explicit Coefficients(std::size_t size) : lines_((size + 31) / 32) {}
  std::int16_t& operator[](std::size_t i) { return lines_[i / 32].values[i % 32]; }
  std::int16_t operator[](std::size_t i) const { return lines_[i / 32].values[i % 32]; }
  const std::int16_t* data() const { return lines_.empty() ? nullptr : lines_.front().values; }

 private:
  std::vector<CacheLine> lines_;
};

struct FirFilter {
  unsigned taps;           // input samples that an output is made of
  unsigned interpolation;  // outputs for each position of the filter
  unsigned decimation;     // samples from one position to the next
  unsigned outputs_per_step;
  FirPlan plan;  // of `small` and `large`
  Coefficients small;
  Coefficients large;

  // Input samples a step of the plan reads, which may be more than its outputs need.
  std::size_t reach() const { return std::size_t{2} * plan.pairs; }
};

// From the lower rate to `factor` times that, or back down. Made once for each set of lanes, then
// kept for the life of the program.
const FirFilter& fir_filter(FirKind kind, unsigned factor, bool up, unsigned lanes);

}  // namespace centralita
