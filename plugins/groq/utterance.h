// What was said between two silences, as it is sent to be transcribed.
#pragma once

#include "plugins/groq/speech_evidence.h"

#include <vector>

namespace centralita {

struct Utterance {
  struct Span {
    std::size_t from, to;  // samples; `to` is behind the last
  };
  std::vector<std::int16_t>
      samples;   // mono, in the machine's byte order, pre-roll and tail included
  int rate = 0;  // Hz
  // Running times of the speech itself, without pre-roll and tail.
  std::chrono::nanoseconds start{0};
  std::chrono::nanoseconds end{0};
  // Where a detector heard a voice, in order; empty: there was no detector.
  std::vector<Span> voiced;

  // Of the samples' own time, which begins with the pre-roll.
  std::chrono::milliseconds length() const;
  SpeechEvidence evidence(std::chrono::milliseconds from = std::chrono::milliseconds{0},
                          std::chrono::milliseconds to = std::chrono::milliseconds::max()) const;
};

// The second behind the first, without what lay between them. They must have the same rate.
Utterance joined(const Utterance& first, const Utterance& second);

}  // namespace centralita
