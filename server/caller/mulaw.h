// G.711 mu-law, one byte a sample, to and from 16-bit linear (ITU-T G.711 table 2, decision values
// with "equal: the higher magnitude"). A telephone's own, so that it needs no plugin.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace centralita::caller {

inline constexpr std::uint8_t kMulawSilence = 0xFF;

constexpr std::int16_t mulaw_decode_byte(std::uint8_t byte) {
  const int u = ~byte & 0xFF;
  const int t = (((u & 0x0F) << 3) + 0x84) << ((u >> 4) & 7);
  return static_cast<std::int16_t>(u & 0x80 ? 0x84 - t : t - 0x84);
}

inline constexpr auto kMulawTable = [] {
  std::array<std::int16_t, 256> table{};
  for (int i = 0; i < 256; ++i) table[i] = mulaw_decode_byte(static_cast<std::uint8_t>(i));
  return table;
}();

constexpr std::int16_t mulaw_decode(std::uint8_t byte) { return kMulawTable[byte]; }

constexpr std::uint8_t mulaw_encode(std::int16_t sample) {
  const std::uint32_t sign = sample < 0 ? 0x80 : 0;
  std::uint32_t magnitude = static_cast<std::uint32_t>(sample < 0 ? -int{sample} : int{sample});
  magnitude = (magnitude < 32635 ? magnitude : 32635) + 0x84;
  const auto segment = static_cast<std::uint32_t>(std::bit_width(magnitude)) - 8;
  return static_cast<std::uint8_t>(~(sign | segment << 4 | ((magnitude >> (segment + 3)) & 0x0F)) &
                                   0xFF);
}

}  // namespace centralita::caller
