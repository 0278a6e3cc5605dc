// Reads the FLAC files that a speech-to-text client uploads.
#pragma once

#include "server/sandbox/wav.h"

namespace centralita::sandbox {

bool is_flac(std::string_view file);

// 16-bit FLAC; of several channels the mean. The error says what is wrong with the file.
Result<Audio> read_flac(std::string_view file);

}  // namespace centralita::sandbox
