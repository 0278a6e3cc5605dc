// Whether what was heard is an echo of what was played: where in the reference it fits best, and
// how much of its energy that explains.
//
//   auto path = find_echo(reference, heard);     // reference.size() > heard.size()
//   if (path.share > 0.4) ...                    // heard is mostly reference[lag...] * gain
//
// Normalised cross-correlation, sample by sample, at every lag. Both signals are flattened first
// (first-order pre-emphasis): the low notes that all voices share would make strangers look alike.
// For a fifth of a second of two different voices `share` stays below a quarter; of an echo it is
// near one, less what is spoken or rustles at the same time.
//
// Pure. Costs |heard| x lags multiplications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace centralita {

struct EchoPath {
  std::size_t lag = 0;   // samples: heard[0] is reference[lag] coming back
  double share = 0;      // 0-1, of heard's energy
  double gain = 0;       // factor
  bool audible = false;  // heard is not silence
};

// Lags 0 ... reference.size() - heard.size(). Silence in one of them: a share of 0.
EchoPath find_echo(std::span<const std::int16_t> reference, std::span<const std::int16_t> heard);

}  // namespace centralita
