// How good a voice detector is, from what it said of each clip.
//
// Frames (10 ms, without those within 30 ms of a change of the truth): area under the ROC curve,
// and the share of non-speech taken for speech when 5 % of speech is missed. Utterances (speech
// joined across pauses under 500 ms): how long after its true beginning and end a detector decides,
// with 60 ms of speech to confirm a start and 200 ms of silence to confirm an end.
#pragma once

#include "tests/bench/vad_corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace centralita::bench {

// What it said of the audio since the score before it, which ended at `end` samples.
struct Score {
  std::size_t end;
  float probability;
};
// A start or an end: where it was declared to be, and what had been heard when it was.
struct Decision {
  bool starts;
  std::size_t position, decided;  // samples
};

struct Heard {
  std::vector<Score> scores;
  std::vector<Decision> decisions;
  double cpu_ms = 0;
};

// Decisions by the scores alone, for detectors that make none.
std::vector<Decision> decide(const std::vector<Score>& scores, float on, float off);

struct Verdict {
  double auc = 0;
  double false_alarms = 0;  // at 5 % missed
  // ms after the true edge: median and 95th percentile
  double start_p50 = 0, start_p95 = 0, end_p50 = 0, end_p95 = 0;
  // ms between the true start and the one declared in hindsight, without sign
  double start_error_p50 = 0, start_error_p95 = 0;
  double missed = 0;        // share of utterances
  double false_starts = 0;  // a minute without speech
};
// `heard[i]` is of `clips[i]`.
Verdict judge(const std::vector<const Clip*>& clips, const std::vector<const Heard*>& heard);

}  // namespace centralita::bench
