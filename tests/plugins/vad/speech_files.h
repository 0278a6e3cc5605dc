// Real speech and the weights, for the tests of voice activity.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace centralita::test {

// Path of silero_vad.onnx, from the environment. Ends the program with a sentence when it is not
// there: a test that passes by not running proves nothing.
std::string silero_model();

// Samples of a prompt of Debian's asterisk-core-sounds packages: 8 kHz, mono, 16 bits. `name` such
// as "en_US_f_Allison/agent-pass". Ends the program likewise.
std::vector<std::int16_t> prompt(const std::string& name);

// Where speech is by its level alone, which is right for a studio recording: first and last 10 ms
// that are less than 30 dB below the loudest. In samples.
struct Extent {
  std::size_t begin, end;
};
Extent extent_of(std::span<const std::int16_t> samples);

}  // namespace centralita::test
