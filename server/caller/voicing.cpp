#include "server/caller/voicing.h"

#include <algorithm>
#include <cstdlib>

namespace centralita::caller {

std::optional<VoicedSpan> find_voiced(std::span<const std::int16_t> samples, int rate_hz) {
  const auto size = static_cast<std::size_t>(frame_samples(rate_hz));
  std::optional<std::size_t> first_frame;
  std::size_t last_frame = 0;
  for (std::size_t at = 0; at < samples.size(); at += size) {
    if (!is_voiced(samples.subspan(at, std::min(size, samples.size() - at))))
      continue;
    if (!first_frame)
      first_frame = at;
    last_frame = at;
  }
  if (!first_frame)
    return std::nullopt;
  const auto loud = [&](std::size_t i) { return std::abs(int{samples[i]}) > kVoicedRms; };
  VoicedSpan span{*first_frame, std::min(last_frame + size, samples.size()) - 1};
  // A frame above the threshold has a sample above it: both loops end inside their frame.
  while (!loud(span.first)) ++span.first;
  while (!loud(span.last)) --span.last;
  return span;
}

}  // namespace centralita::caller
