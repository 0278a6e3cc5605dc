// What is on a caller's line who does not speak.
#pragma once

#include "server/replay/recordings.h"

#include <string>
#include <vector>

namespace centralita::bench {

struct NoisyLine {
  std::string name;
  replay::Samples samples;
};

// Twelve lines of five minutes: noises and music at several levels, tones, clicks.
std::vector<NoisyLine> noisy_lines();

}  // namespace centralita::bench
