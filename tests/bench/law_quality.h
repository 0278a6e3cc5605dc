// What a chain of elements does to a signal, for law_bench.
#pragma once

#include "plugins/law/g711.h"

#include <string>

namespace centralita::bench {

struct LawPath {
  g711::Law law;
  bool decodes;
  unsigned rate;  // of the PCM side
  std::string elements;
};

std::string law_caps(g711::Law law);
std::string pcm_caps(unsigned rate);

struct LawQuality {
  double snr_db;      // a sine swept from 100 Hz to 3.4 kHz, -6 dBFS: all that is not the sine
  double stop_db;     // decoding: power above 4.1 kHz, of noise and images, against that of a sweep
                      // to 3.9 kHz; encoding: what is left of a sweep from 4.1 kHz up
  double ripple_db;   // largest change of level from 100 Hz to 3.4 kHz
  double latency_ms;  // as answered
};

LawQuality measure(const LawPath& path);

}  // namespace centralita::bench
