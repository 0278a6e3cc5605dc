#include "plugins/law/resampler.h"

#include <algorithm>
#include <array>

namespace centralita {
namespace {

constexpr std::size_t kBlock = 960;  // samples put in at a time

}  // namespace

Resampler::Resampler(unsigned input_rate, unsigned output_rate, const LawKernels& kernels) {
  const auto stage = [&](FirKind kind, unsigned factor, bool up, std::size_t block) {
    return FirStage(fir_filter(kind, factor, up, kernels.lanes), kernels, block);
  };
  if (input_rate == output_rate)
    return;
  const bool up = input_rate < output_rate;
  const unsigned factor = up ? output_rate / input_rate : input_rate / output_rate;
  if (factor < 6) {
    first_ = stage(FirKind::kTelephoneBand, factor, up, kBlock);
    delay_ = kTelephoneBandTaps / 2;
  } else {
    // The steep filter where there are the fewest samples, and a short one for the rest.
    first_ = up ? stage(FirKind::kTelephoneBand, 2, up, kBlock)
                : stage(FirKind::kWideBand, 3, up, kBlock);
    second_ = up ? stage(FirKind::kWideBand, 3, up, first_->max_output(kBlock))
                 : stage(FirKind::kTelephoneBand, 2, up, first_->max_output(kBlock) + 1);
    delay_ = kTelephoneBandTaps / 2 + kWideBandTaps / 4;
  }
}

std::size_t Resampler::max_output(std::size_t input) const {
  if (!first_)
    return input;
  // The second filter may have kept a sample.
  return second_ ? second_->max_output(first_->max_output(input) + 1) : first_->max_output(input);
}

std::size_t Resampler::max_drain() const {
  if (!first_)
    return 0;
  const std::size_t end = first_->max_output(first_->tail());
  return second_ ? second_->max_output(end + second_->tail() + 1) : end;
}

std::chrono::nanoseconds Resampler::delay() const {
  return std::chrono::nanoseconds(std::chrono::seconds(delay_)) / kBaseRate;
}

void Resampler::reset() {
  for (auto* stage : {&first_, &second_})
    if (*stage)
      (*stage)->reset();
}

std::size_t Resampler::push(std::span<const std::int16_t> input, std::span<std::int16_t> output) {
  if (!first_) {
    std::copy(input.begin(), input.end(), output.begin());
    return input.size();
  }
  std::size_t written = 0;
  while (!input.empty()) {
    const auto block = input.first(std::min(input.size(), room().size()));
    std::copy(block.begin(), block.end(), room().begin());
    written += filter(block.size(), output.data() + written);
    input = input.subspan(block.size());
  }
  return written;
}

std::size_t Resampler::filter(std::size_t n, std::int16_t* output) {
  return second_ ? second_->filter(first_->filter(n, second_->room().data()), output)
                 : first_->filter(n, output);
}

std::size_t Resampler::drain(std::span<std::int16_t> output) {
  std::size_t written = 0;
  if (first_) {
    std::fill_n(room().begin(), first_->tail(), std::int16_t{0});
    written = filter(first_->tail(), output.data());
  }
  if (second_) {
    std::fill_n(second_->room().begin(), second_->tail(), std::int16_t{0});
    written += second_->filter(second_->tail(), output.data() + written);
  }
  reset();
  return written;
}

}  // namespace centralita
