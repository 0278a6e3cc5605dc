#include "plugins/law/g711.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace centralita::g711 {
namespace {

constexpr std::int16_t decode_mu(unsigned code) {
  const unsigned u = ~code & 0xff;
  const int t = static_cast<int>((((u & 0x0f) << 3) + 0x84) << ((u >> 4) & 7));
  return static_cast<std::int16_t>(u & 0x80 ? 0x84 - t : t - 0x84);
}

constexpr std::int16_t decode_a(unsigned code) {
  const unsigned a = code ^ 0x55;
  const unsigned segment = (a >> 4) & 7;
  const unsigned mantissa = (a & 0x0f) << 4;
  const int t = static_cast<int>(segment == 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1));
  return static_cast<std::int16_t>(a & 0x80 ? t : -t);  // unlike mu-law, the sign bit says positive
}

template <Law law>
constexpr std::array<std::int16_t, 256> make_table() {
  std::array<std::int16_t, 256> table{};
  for (unsigned code = 0; code < table.size(); ++code)
    table[code] = law == Law::kMu ? decode_mu(code) : decode_a(code);
  return table;
}

template <Law law>
constexpr std::array<std::int16_t, 256> kTable = make_table<law>();

// A code is a tiny floating-point number: three bits of exponent, four of mantissa. So the
// conversion to float finds both at once, without a branch or a count of leading zeros, and
// vectorises even on SSE2. The result is exponent and mantissa side by side, the exponent still
// biased by 127.
std::int32_t exponent_and_mantissa(std::int32_t magnitude) {
  return std::bit_cast<std::int32_t>(static_cast<float>(magnitude)) >> 19;
}

std::uint8_t encode_mu(std::int32_t sample) {
  const std::int32_t sign = sample < 0 ? 0x80 : 0;
  const std::int32_t magnitude = std::min(sample < 0 ? -sample : sample, 32635) + 0x84;
  return static_cast<std::uint8_t>(~(sign | (exponent_and_mantissa(magnitude) - ((127 + 7) << 4))));
}

std::uint8_t encode_a(std::int32_t sample) {
  const std::int32_t sign = sample < 0 ? 0 : 0x80;
  const std::int32_t magnitude = std::min(sample < 0 ? -sample : sample, 32767) >> 4;
  const std::int32_t curved = exponent_and_mantissa(magnitude) - ((127 + 3) << 4);
  return static_cast<std::uint8_t>((sign | (magnitude < 16 ? magnitude : curved)) ^ 0x55);
}

}  // namespace

template <Law law>
void decode(std::span<const std::uint8_t> codes, std::span<std::int16_t> samples) {
  std::int16_t* const out = samples.data();
  for (std::size_t i = 0; i < codes.size(); ++i) out[i] = kTable<law>[codes[i]];
}

template <Law law>
void encode(std::span<const std::int16_t> samples, std::span<std::uint8_t> codes) {
  const std::int16_t* const in = samples.data();
  std::uint8_t* const out = codes.data();
  const std::size_t n = samples.size();
  for (std::size_t i = 0; i < n; ++i) out[i] = law == Law::kMu ? encode_mu(in[i]) : encode_a(in[i]);
}

template void decode<Law::kMu>(std::span<const std::uint8_t>, std::span<std::int16_t>);
template void decode<Law::kA>(std::span<const std::uint8_t>, std::span<std::int16_t>);
template void encode<Law::kMu>(std::span<const std::int16_t>, std::span<std::uint8_t>);
template void encode<Law::kA>(std::span<const std::int16_t>, std::span<std::uint8_t>);

}  // namespace centralita::g711
