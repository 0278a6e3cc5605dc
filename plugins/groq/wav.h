// A WAV file around 16-bit mono samples, with its true sizes: some services refuse a header that
// leaves them open.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace centralita {

inline constexpr std::size_t kWavHeaderSize = 44;

// At most 4 GB.
std::string wav_file(std::span<const std::int16_t> samples, int rate);

}  // namespace centralita
