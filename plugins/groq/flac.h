// A FLAC file (RFC 9639) around 16-bit mono samples: the same sound as the WAV file, of telephone
// speech in two thirds of the bytes.
#pragma once

#include "plugins/base/result.h"

#include <cstdint>
#include <span>
#include <string>

namespace centralita {

// By libFLAC, which needs no thread and no pipeline, at the level that is cheapest per byte saved.
// `rate` in Hz, to 48000. Any thread.
Result<std::string> flac_file(std::span<const std::int16_t> samples, int rate);

}  // namespace centralita
