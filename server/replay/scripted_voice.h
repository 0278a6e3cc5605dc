// The voice of a scripted call's synthesizer: a recording of speech, as long as the words take. The
// same words always sound the same.
#pragma once

#include "server/replay/recordings.h"

#include <string>

namespace centralita::replay {

// At `factor` times the telephone's rate.
Samples scripted_voice(const std::string& text, int factor);

}  // namespace centralita::replay
