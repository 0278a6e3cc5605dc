// G.711: one byte a sample, 8 kHz, mu-law or A-law, to and from 16-bit linear.
//
//   g711::decode<Law::kMu>(codes, samples);    // samples.size() >= codes.size()
//   g711::encode<Law::kA>(samples, codes);     // codes.size() >= samples.size()
//
// Linear values have the scale of 16 bits (mu-law's 14 bits x 4, A-law's 13 bits x 8). Every code
// and every sample value is legal. Values on a decision threshold go to the higher magnitude, which
// is what GStreamer's encoders do too. Any thread; nothing is allocated.
#pragma once

#include "plugins/law/kernels.h"

#include <cstdint>
#include <span>

namespace centralita::g711 {

enum class Law { kMu, kA };

// What silence looks like. Zero bytes are the loudest negative value of mu-law.
template <Law law>
inline constexpr std::uint8_t kSilence = law == Law::kMu ? 0xff : 0xd5;

template <Law law>
void decode(std::span<const std::uint8_t> codes, std::span<std::int16_t> samples,
            const LawKernels& kernels = best_kernels());
template <Law law>
void encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> codes,
            const LawKernels& kernels = best_kernels());

// One sample, for where there is no stream of them.
template <Law law>
std::int16_t decoded(std::uint8_t code) {
  std::int16_t sample = 0;
  decode<law>({&code, 1}, {&sample, 1});
  return sample;
}
template <Law law>
std::uint8_t encoded(std::int16_t sample) {
  std::uint8_t code = 0;
  encode<law>({&sample, 1}, {&code, 1});
  return code;
}

}  // namespace centralita::g711
