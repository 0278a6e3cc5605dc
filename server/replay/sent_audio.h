// What was sent on the caller's line, so that of a piece of it that comes back to a transcriber it
// can be said when it was spoken: by the very samples, for an utterance may be a joined one.
//
// Pure; one thread. At the telephone's 8 kHz, as it is after G.711.
#pragma once

#include "server/replay/recordings.h"

#include <chrono>
#include <vector>

namespace centralita::replay {

class SentAudio {
 public:
  using Time = std::chrono::milliseconds;
  struct Span {
    Time begin, end;
  };

  // `begins`: when the first sample was, if this is the first audio.
  void add(std::span<const std::int16_t> samples, Time begins);
  const Samples& samples() const { return sent_; }
  // Where the samples are from, the earliest first; of several places that sound alike the latest.
  // Silence around and between is not looked for.
  std::vector<Span> find(std::span<const std::int16_t> samples) const;

 private:
  Time time_of(std::size_t sample) const {
    return begins_ + Time(sample * 1000 / static_cast<std::size_t>(kRate));
  }

  Samples sent_;
  Time begins_{0};
};

}  // namespace centralita::replay
