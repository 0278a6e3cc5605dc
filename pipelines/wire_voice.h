// What is to be heard in a frame of the wire.
#pragma once

#include "pipelines/wire_format.h"

#include <cstdint>
#include <span>
#include <vector>

namespace centralita {

// Its samples, 16 bits. A half sample at the end is left out.
std::vector<std::int16_t> linear(std::span<const std::uint8_t> frame, const WireFormat& format);

// Whether a sample of it is louder than -40 dBFS, which no voice's first sound misses for more than
// a frame and no synthesizer's silence reaches.
bool has_voice(std::span<const std::uint8_t> frame, const WireFormat& format);

}  // namespace centralita
