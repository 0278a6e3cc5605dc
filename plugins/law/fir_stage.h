// One change of rate by one filter: samples go into room(), filter() takes them from there.
//
//   FirStage stage(fir_filter(FirKind::kTelephoneBand, 2, true, kernels.lanes), kernels, 480);
//   std::copy_n(samples, 160, stage.room().begin());
//   n = stage.filter(160, output);
//
// Aligned as resampler.h says. Allocates in the constructor only. One thread at a time.
#pragma once

#include "plugins/law/fir_design.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace centralita {

class FirStage {
 public:
  // room() has at least `block` samples, always.
  FirStage(const FirFilter& filter, const LawKernels& kernels, std::size_t block);

  std::span<std::int16_t> room() { return std::span(work_).first(capacity_).subspan(fill_); }
  // The first `n` samples of room() have been written. At most max_output(n) come out.
  std::size_t filter(std::size_t n, std::int16_t* output);
  // The silence that brings the last sample out, at most `block`.
  std::size_t tail() const { return filter_->taps / 2; }
  std::size_t max_output(std::size_t n) const;
  void reset();

 private:
  const FirFilter* filter_;
  const LawKernels* kernels_;
  // The samples that the next output still needs, then those of the block being worked on, then
  // what a step reads beyond them without using it.
  std::vector<std::int16_t> work_;
  std::size_t capacity_;
  std::size_t fill_ = 0;
};

}  // namespace centralita
