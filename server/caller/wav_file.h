// Recordings in and out. Reading is GStreamer's (decodebin: any WAV, and whatever else is
// installed); writing is 16-bit PCM WAV.
#pragma once

#include "plugins/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace centralita::caller {

// Decodes a whole file to mono S16 at `rate_hz`. Blocks; needs gst_init(). The error is a sentence
// with the file's name.
Result<std::vector<std::int16_t>> read_audio(const std::string& path, int rate_hz);
// The first channel alone: the caller's, of a recorded call.
Result<std::vector<std::int16_t>> read_first_channel(const std::string& path, int rate_hz);

// `samples` are interleaved. Empty on success, else a sentence.
std::string write_wav(const std::string& path, std::span<const std::int16_t> samples, int rate_hz,
                      int channels);

}  // namespace centralita::caller
