// WAV files in memory: what a transcription request carries and what a riff-* synthesis answers.
#pragma once

#include "plugins/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::sandbox {

struct Audio {
  int rate = 0;                       // Hz
  std::vector<std::int16_t> samples;  // mono
};

// 8, 16, 24 and 32 bit PCM, mu-law and A-law; several channels are mixed down. A data chunk whose
// size is untrue (a stream's 0xFFFFFFFF) reaches to the end of the file. The error is a sentence.
Result<Audio> read_wav(std::string_view file);

std::uint8_t to_mulaw(std::int16_t sample);
std::uint8_t to_alaw(std::int16_t sample);
std::int16_t from_mulaw(std::uint8_t code);
std::int16_t from_alaw(std::uint8_t code);

// The 44 bytes before `data_bytes` of samples. `format`: 1 PCM, 6 A-law, 7 mu-law.
std::string wav_header(int format, int rate, int bits, std::uint32_t data_bytes);

}  // namespace centralita::sandbox
