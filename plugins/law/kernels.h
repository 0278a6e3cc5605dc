// The inner loops of this plugin, compiled once for each instruction set: the best one the
// processor has is taken when the program runs. All of them give the same result, bit for bit,
// because there is nothing but whole numbers in them.
//
//   const LawKernels& kernels = best_kernels();
//   kernels.decode_mu(codes, n, samples);
//
// Any thread; nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace centralita {

// A FIR filter as the loops want it. A step makes `vectors` x lanes outputs in a row, each lane a
// sum over the same pairs of input samples with coefficients of its own, 0 where a pair is outside
// the lane's reach: no sums across a vector and nothing to rearrange, whatever the ratio of rates.
//
// The few large coefficients, those about the middle of a filter, have a scale of 1 << shift. The
// small ones have kFinerBits more and are summed first, over all the pairs; then the pairs where
// any lane has a large one, `large_begin` to `large_end`; of a short filter there are none. The
// result is the exact sum, rounded once.
struct FirPlan {
  static constexpr int kFinerBits = 2;
  // Pairs come in whole times this. Even and odd ones are summed apart, which gives each half the
  // room of 32 bits.
  static constexpr unsigned kPairs = 4;

  const std::int16_t* small;  // [pair][vector][lane][2]
  const std::int16_t* large;  // the same from large_begin on
  unsigned vectors;           // 1 or 3
  unsigned pairs, large_begin, large_end;
  unsigned input_step;  // samples from one step's input to the next one's
  int shift;
};

struct LawKernels {
  const char* name;
  unsigned lanes;  // of FirPlan

  void (*decode_mu)(const std::uint8_t* codes, std::size_t n, std::int16_t* samples);
  void (*decode_a)(const std::uint8_t* codes, std::size_t n, std::int16_t* samples);
  void (*encode_mu)(const std::int16_t* samples, std::size_t n, std::uint8_t* codes);
  void (*encode_a)(const std::int16_t* samples, std::size_t n, std::uint8_t* codes);
  // Reads input[0 .. (steps - 1) * input_step + 2 * pairs), writes steps * vectors * lanes.
  void (*fir)(const FirPlan& plan, const std::int16_t* input, std::size_t steps,
              std::int16_t* output);
};

// Those this processor can run, the best first; the last one runs everywhere.
std::span<const LawKernels* const> available_kernels();
inline const LawKernels& best_kernels() { return *available_kernels().front(); }

}  // namespace centralita
