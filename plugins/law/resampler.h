// Changes the rate between 8 kHz and 8, 16, 24 or 48 kHz, by one polyphase FIR filter.
//
//   Resampler up(8000, 48000);
//   out.resize(up.max_output(in.size()));
//   n = up.push(in, out);      // any number of samples, cut anywhere: the result is the same
//   n = up.drain(out);         // the rest, at the end; the next push() starts afresh
//
// The filter: pass band 0 to 3.4 kHz within 0.02 dB, -6 dB at 3.69 kHz, stop band from 4.0 kHz on,
// 80 dB down (images when going up, aliases when going down). 64 taps a sample of 8 kHz, linear
// phase. The result is the same on every machine, bit for bit.
//
// Delay: a sample comes out when the 4 ms after it have been put in; the output is aligned with the
// input (the first sample out belongs to the instant of the first one in, and push() gives nothing
// until there are 4 ms). After drain() exactly input x ratio samples have come out, rounded up.
// Equal rates copy, with no delay.
//
// Allocates in the constructor only. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace centralita {

struct ResamplerFilter;

class Resampler {
 public:
  static constexpr unsigned kBaseRate = 8000;
  static constexpr unsigned kRates[] = {8000, 16000, 24000, 48000};

  // Both in Hz, each one of kRates, at least one of them kBaseRate.
  Resampler(unsigned input_rate, unsigned output_rate);

  // The most that push() of `input` samples can give.
  std::size_t max_output(std::size_t input) const;
  // The most that drain() can give.
  std::size_t max_drain() const;
  // Both return how many samples they wrote to the beginning of `output`, which must have room for
  // the most.
  std::size_t push(std::span<const std::int16_t> input, std::span<std::int16_t> output);
  std::size_t drain(std::span<std::int16_t> output);
  void reset();

  std::chrono::nanoseconds delay() const;

 private:
  std::size_t run(std::int16_t* output);

  const ResamplerFilter* filter_;  // nullptr: equal rates
  // The samples that the next output still needs, then those of the block being worked on.
  std::vector<float> work_;
  std::size_t fill_ = 0;
};

}  // namespace centralita
