// Sentences that are in the program itself, for when there is no synthesizer: what a caller hears
// while a reply takes too long, and when a call cannot go on. In Spanish and English, in a voice of
// espeak-ng's (tools/record_sentences.sh makes them).
//
// Any thread.
#pragma once

#include "pipelines/wire_format.h"

#include <cstdint>
#include <string>
#include <vector>

namespace centralita {

enum class Sentence { kWait, kApology };

struct Recording {
  std::string text;                 // what is said
  std::vector<std::uint8_t> audio;  // in the format asked for
};

// In the language nearest to `language` (BCP 47): English, or else Spanish. Empty audio: the format
// is none that a call has (PCM at another rate than 8, 16, 24 or 48 kHz).
Recording recording(Sentence sentence, const std::string& language, const WireFormat& format);

}  // namespace centralita
