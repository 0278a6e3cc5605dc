// What a transcription service answers: "json" or "verbose_json" of OpenAI's /audio/transcriptions.
#pragma once

#include "plugins/base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

struct WhisperSegment {
  std::string text;                            // as it came: usually with a space in front
  std::chrono::milliseconds start{0}, end{0};  // of the upload
  std::optional<double> no_speech_prob;        // 0-1
  std::optional<double> avg_logprob;           // natural logarithm, of a token's probability
  std::optional<double> compression_ratio;     // length over compressed length
};

struct WhisperAnswer {
  std::string text;      // as it came
  std::string language;  // as the service says it: often the English name; empty: it does not say
  std::vector<WhisperSegment> segments;  // none in "json"
};

// Whatever is absent or of another type is left empty, except the text: without it the error says
// what is wrong with the answer.
Result<WhisperAnswer> parse_whisper_answer(std::string_view body);

}  // namespace centralita
