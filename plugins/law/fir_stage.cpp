#include "plugins/law/fir_stage.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace centralita {
namespace {

constexpr std::size_t kLargestStep = 48;

}  // namespace

FirStage::FirStage(const FirFilter& filter, const LawKernels& kernels, std::size_t block)
    : filter_(&filter),
      kernels_(&kernels),
      work_(filter.taps + block + filter.reach()),
      capacity_(filter.taps + block) {
  reset();
}

std::size_t FirStage::max_output(std::size_t n) const {
  return (n + filter_->decimation - 1) / filter_->decimation * filter_->interpolation;
}

void FirStage::reset() {
  // Silence before the first sample, as much as puts that sample in the middle of the filter when
  // the first output is made.
  fill_ = filter_->taps / 2 - 1;
  std::fill_n(work_.begin(), fill_, std::int16_t{0});
}

std::size_t FirStage::filter(std::size_t n, std::int16_t* output) {
  const FirFilter& f = *filter_;
  fill_ += n;
  if (fill_ < f.taps)
    return 0;
  const std::size_t positions = (fill_ - f.taps) / f.decimation + 1;
  const std::size_t outputs = positions * f.interpolation;
  const std::size_t steps = outputs / f.outputs_per_step;
  kernels_->fir(f.plan, work_.data(), steps, output);
  if (const std::size_t whole = steps * f.outputs_per_step; whole < outputs) {
    std::array<std::int16_t, kLargestStep> last;
    kernels_->fir(f.plan, work_.data() + steps * f.plan.input_step, 1, last.data());
    std::copy_n(last.begin(), outputs - whole, output + whole);
  }
  const std::size_t used = positions * f.decimation;
  fill_ -= used;
  std::memmove(work_.data(), work_.data() + used, fill_ * sizeof(std::int16_t));
  return outputs;
}

}  // namespace centralita
