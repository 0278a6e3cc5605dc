#include "plugins/groq/whisper_answer.h"

#include "plugins/base/json.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

std::chrono::milliseconds seconds_field(const json::Object& segment, const char* name) {
  constexpr double kDay = 86400;
  const double seconds = segment.number(name).value_or(0);
  return std::chrono::milliseconds(std::llround(std::clamp(seconds, 0.0, kDay) * 1000));
}

}  // namespace

Result<WhisperAnswer> parse_whisper_answer(std::string_view body) {
  const auto document = json::parse(body);
  if (!document)
    return Unexpected(document.error());
  const auto root = document->object();
  const auto text = root.string("text");
  if (!text)
    return Unexpected("there is no \"text\" in the answer");

  WhisperAnswer answer{.text = *text, .language = root.string("language").value_or("")};
  for (const auto& segment : root.objects("segments"))
    answer.segments.push_back({.text = segment.string("text").value_or(""),
                               .start = seconds_field(segment, "start"),
                               .end = seconds_field(segment, "end"),
                               .no_speech_prob = segment.number("no_speech_prob"),
                               .avg_logprob = segment.number("avg_logprob"),
                               .compression_ratio = segment.number("compression_ratio")});
  return answer;
}

}  // namespace centralita
