// Decides what of a transcript was said and what Whisper invented. On silence, noise and music it
// does not answer "nothing": it writes what its training said in such moments ("Thanks for
// watching"), or the same words over and over.
//
//   const auto heard = pass_gate(answer, {.strictness = Strictness::kNormal}, evidence_of);
//   heard.text                       // what is believed
//   heard.rejected, heard.reason     // "Thank you.", "known-phrase,no-speech"
//
// Signs are weighed, since each alone is wrong too often: a short "sí" gets a high no_speech_prob,
// an invented credit a good avg_logprob. Every sign gives points of doubt, in full or, between two
// values, in part; a sentence whose points reach the limit is left out.
//
//   sign             from   to      points  reason
//   no_speech_prob   0.3    0.9     1.2     no-speech
//   avg_logprob      -0.6   -1.4    1.2     low-confidence
//   both: no_speech_prob > 0.6 and avg_logprob < -1 (Whisper's own rule)
//                                   0.7     no-speech
//   compression      2.0    2.4     2.6     repetition
//   the same 1-6 words again and again, most of the text
//                    3x     10x     2.0     repetition
//   words a second of speech
//                    5      9       1.0     too-fast
//   fewer than 0.4 words a second of more than 4 s
//                                   0.6     too-slow
//   known phrase (invented_phrases.h): credit 3.0, outro 2.0, courtesy 1.0
//                                           known-phrase
//   a sound in brackets, or no word         3.0     annotation
//   mostly letters of another script than the language's
//                                   2.5     other-script
//   level, dBFS      -50    -65     1.5     too-quiet
//   contrast, dB     6      2       0.8     steady-noise
//   speech, ms       100    40      1.0     hardly-voiced
//   strong evidence of speech (speech_evidence.h): -0.7 with a detector's word for it (150 ms
//   voiced), -0.4 by loudness alone
//
//   limit: lenient 2.2, normal 1.5, strict 1.0
//
// Sentences are weighed with the numbers of their segment and the audio of its time; then what is
// left as a whole with the audio of the whole. Knows nothing of GStreamer; any thread.
#pragma once

#include "plugins/groq/speech_evidence.h"
#include "plugins/groq/whisper_answer.h"

#include <functional>

namespace centralita {

enum class Strictness { kOff, kLenient, kNormal, kStrict };

struct GateSettings {
  Strictness strictness = Strictness::kNormal;
  std::string language;  // BCP 47, as expected; empty: any, and no script is another one
};

// The evidence between two times of the upload.
using EvidenceOf =
    std::function<SpeechEvidence(std::chrono::milliseconds from, std::chrono::milliseconds to)>;

struct Heard {
  std::string text;      // trimmed; empty: nobody spoke
  std::string rejected;  // what was left out, in its order; empty: nothing
  std::string reason;    // of what was left out: the signs, weightiest first, with commas
  // The mean probability of a token of what is believed, 0-1: exp of the segments' avg_logprob,
  // weighed by their length. Empty without a text, or when the service does not say.
  std::optional<double> confidence;
};

Heard pass_gate(const WhisperAnswer& answer, const GateSettings& settings,
                const EvidenceOf& evidence_of);

}  // namespace centralita
