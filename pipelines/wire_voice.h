// What is to be heard in a frame of the wire.
#pragma once

#include "pipelines/wire_format.h"

#include <cstdint>
#include <span>

namespace centralita {

// Whether a sample of it is louder than -40 dBFS, which no voice's first sound misses for more than
// a frame and no synthesizer's silence reaches.
bool has_voice(std::span<const std::uint8_t> frame, const WireFormat& format);

}  // namespace centralita
