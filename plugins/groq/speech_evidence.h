// What the audio itself says about whether somebody spoke: how loud it was, how far it rose above
// its own quiet moments, for how long. Measured where a transcript is doubted
// (hallucination_gate.h) and where an utterance is almost too short to be sent.
//
//   const auto evidence = measure_speech(utterance.samples, utterance.rate);
//   if (evidence.strong()) ...
//
// Works on windows of 20 ms. Knows nothing of GStreamer; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace centralita {

inline constexpr double kSilenceDbfs = -96;  // below one step of 16 bits

struct SpeechEvidence {
  // dBFS (a full-scale square wave is 0) of the third loudest window: 60 ms have at least so much,
  // which a click has not.
  double level = kSilenceDbfs;
  // dB from the quietest tenth of the windows to the level: some 25 for a voice with pauses around
  // it, below 5 for steady noise and for hum.
  double contrast = 0;
  std::chrono::milliseconds loud{0};  // in windows at most 12 dB below the level
  std::chrono::milliseconds active{
      0};  // in windows at most 25 dB below it: voices, with consonants
  // What a detector held for speech; empty: there was none, or it does not mark its buffers.
  std::optional<std::chrono::milliseconds> voiced;

  // The best that is known of how long somebody spoke.
  std::chrono::milliseconds speaking() const { return voiced.value_or(active); }
  // Nobody can take it for silence or steady noise: -45 dBFS, 12 dB of contrast, 60 ms of it loud
  // and, where there is a detector, voiced. A cough and music can have it too.
  bool strong() const;
};

SpeechEvidence measure_speech(std::span<const std::int16_t> samples, int rate,
                              std::optional<std::chrono::milliseconds> voiced = std::nullopt);

// The middle of the quietest `length` samples that begin at `from` or later: where a cut does not
// hurt. The end of the samples when there are not so many.
std::size_t quietest_place(std::span<const std::int16_t> samples, std::size_t from,
                           std::size_t length);

}  // namespace centralita
