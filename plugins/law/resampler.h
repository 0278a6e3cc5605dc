// Changes the rate between 8 kHz and 8, 16, 24 or 48 kHz, by one polyphase FIR filter.
//
//   Resampler up(8000, 48000);
//   out.resize(up.max_output(in.size()));
//   n = up.push(in, out);      // any number of samples, cut anywhere: the result is the same
//   n = up.drain(out);         // the rest, at the end; the next push() starts afresh
//
// The filter: pass band 0 to 3.4 kHz within 0.02 dB, -6 dB at 3.69 kHz, stop band from 4.0 kHz on,
// 79 dB down (images when going up, aliases when going down). 64 taps a sample of 8 kHz, linear
// phase; between 8 and 48 kHz it works at 16 kHz, and a second filter with 12 taps a sample of 16
// kHz does the rest. Coefficients have 16 to 18 bits and sums are exact, so the result is the same
// on every machine, bit for bit. What exceeds 16 bits is clipped.
//
// Delay: a sample comes out when the 4 ms after it have been put in (4.375 ms between 8 and 48
// kHz); the output is aligned with the input (the first sample out belongs to the instant of the
// first one in, and push() gives nothing until there are 4 ms). After drain() exactly input x ratio
// samples have come out, rounded up. Equal rates copy, with no delay.
//
// Allocates in the constructor only. One thread at a time.
#pragma once

#include "plugins/law/fir_stage.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace centralita {

class Resampler {
 public:
  static constexpr unsigned kBaseRate = 8000;
  static constexpr unsigned kRates[] = {8000, 16000, 24000, 48000};

  // Both in Hz, each one of kRates, at least one of them kBaseRate.
  Resampler(unsigned input_rate, unsigned output_rate, const LawKernels& kernels = best_kernels());

  // The most that push() of `input` samples can give.
  std::size_t max_output(std::size_t input) const;
  // The most that drain() can give.
  std::size_t max_drain() const;
  // Both return how many samples they wrote to the beginning of `output`, which must have room for
  // the most.
  std::size_t push(std::span<const std::int16_t> input, std::span<std::int16_t> output);
  std::size_t drain(std::span<std::int16_t> output);
  void reset();

  bool copies() const { return !first_; }
  // push() in two parts, where rates differ, for who makes the samples in place: fill a beginning
  // of room(), which is never empty, and filter as many.
  std::span<std::int16_t> room() { return first_->room(); }
  std::size_t filter(std::size_t n, std::int16_t* output);

  std::chrono::nanoseconds delay() const;

 private:
  std::optional<FirStage> first_;  // none: equal rates
  std::optional<FirStage> second_;
  unsigned delay_ = 0;  // samples of kBaseRate
};

}  // namespace centralita
