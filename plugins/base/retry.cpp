#include "plugins/base/retry.h"

#include <algorithm>

namespace centralita {

using std::chrono::milliseconds;

std::optional<milliseconds> Retry::next(bool may_pass, std::optional<milliseconds> retry_after) {
  ++failures_;
  if (!may_pass || failures_ >= policy_.tries)
    return std::nullopt;
  if (retry_after) {
    if (*retry_after > policy_.longest_pause)
      return std::nullopt;
    return retry_after;
  }
  auto pause = policy_.first_pause;
  for (int i = 1; i < failures_ && pause < policy_.longest_pause; ++i) pause *= 2;
  pause = std::min(pause, policy_.longest_pause);
  const double kept = 1 - policy_.jitter * g_random_double();
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * kept + 0.5));
}

}  // namespace centralita
