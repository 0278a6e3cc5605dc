// The voice of a scripted call's synthesizer: a recording of speech, as long as the words take. The
// same words always sound the same.
#pragma once

#include "server/replay/recordings.h"

#include <chrono>
#include <string>

namespace centralita::replay {

// A character of it takes so many ms; at `factor` times the telephone's rate.
Samples scripted_voice(const std::string& text, double character, int factor);

}  // namespace centralita::replay
