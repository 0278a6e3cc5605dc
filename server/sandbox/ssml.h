// The SSML of a synthesis request as a list of pieces to speak.
//
// Elements: speak, voice, prosody (rate, pitch, volume), break, mstts:silence of type Leading and
// Tailing, p, s, sub (its alias), express-as, emphasis, lang, say-as, phoneme (their text). What
// Azure ignores is ignored; what it refuses with status 400 is an error with its sentence.
#pragma once

#include "plugins/base/result.h"
#include "server/sandbox/voices.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::sandbox {

struct SpeechPiece {
  const VoiceName* voice = nullptr;
  std::string text;                    // empty: only the pause
  std::chrono::milliseconds pause{0};  // of silence, before the text
  double rate = 1;                     // 0.5 .. 2
  double pitch = 1;                    // 0.5 .. 1.5
  double volume = 1;                   // 0 .. 2, a linear gain
};

Result<std::vector<SpeechPiece>> parse_ssml(std::string_view ssml);

// One value of prosody each; what is not understood is 1.
double prosody_rate(std::string_view value);
double prosody_pitch(std::string_view value);
double prosody_volume(std::string_view value);

}  // namespace centralita::sandbox
