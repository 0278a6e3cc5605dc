#include "plugins/groq/wav.h"

#include <bit>
#include <string_view>

namespace centralita {
namespace {

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, value);
  put16(out, value >> 16);
}

}  // namespace

std::string wav_file(std::span<const std::int16_t> samples, int rate) {
  constexpr std::uint32_t kPcm = 1, kChannels = 1, kSampleBytes = 2;
  const auto bytes = static_cast<std::uint32_t>(samples.size_bytes());
  const auto hz = static_cast<std::uint32_t>(rate);
  std::string out;
  out.reserve(kWavHeaderSize + bytes);
  out += "RIFF";
  put32(out, kWavHeaderSize - 8 + bytes);
  out += "WAVEfmt ";
  put32(out, 16);
  put16(out, kPcm);
  put16(out, kChannels);
  put32(out, hz);
  put32(out, hz * kChannels * kSampleBytes);
  put16(out, kChannels * kSampleBytes);
  put16(out, 8 * kSampleBytes);
  out += "data";
  put32(out, bytes);
  if constexpr (std::endian::native == std::endian::little)
    return out += std::string_view(reinterpret_cast<const char*>(samples.data()), bytes);
  for (const auto sample : samples) put16(out, static_cast<std::uint16_t>(sample));
  return out;
}

}  // namespace centralita
