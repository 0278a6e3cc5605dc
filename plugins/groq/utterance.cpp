#include "plugins/groq/utterance.h"

#include <algorithm>

namespace centralita {

using std::chrono::milliseconds;

milliseconds Utterance::length() const {
  return rate > 0 ? milliseconds(static_cast<std::int64_t>(samples.size()) * 1000 / rate)
                  : milliseconds(0);
}

SpeechEvidence Utterance::evidence(milliseconds from, milliseconds to) const {
  const auto position = [&](milliseconds time) {
    return static_cast<std::size_t>(std::clamp(time, milliseconds(0), length()).count() * rate /
                                    1000);
  };
  const auto begin = position(from);
  const auto end = to >= length() ? samples.size() : std::max(begin, position(to));
  std::optional<milliseconds> heard;
  if (!voiced.empty()) {
    std::size_t count = 0;
    for (const auto& span : voiced) {
      const auto first = std::max(span.from, begin), last = std::min(span.to, end);
      count += last > first ? last - first : 0;
    }
    heard = milliseconds(static_cast<std::int64_t>(count) * 1000 / rate);
  }
  return measure_speech(std::span(samples).subspan(begin, end - begin), rate, heard);
}

Utterance joined(const Utterance& first, const Utterance& second) {
  auto both = first;
  const auto offset = both.samples.size();
  both.samples.insert(both.samples.end(), second.samples.begin(), second.samples.end());
  both.end = second.end;
  for (const auto& span : second.voiced)
    both.voiced.push_back({span.from + offset, span.to + offset});
  return both;
}

}  // namespace centralita
