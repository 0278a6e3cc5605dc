#include "server/replay/sent_audio.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace centralita::replay {
namespace {

// So much sound is looked for, and how loud it is somewhere: silence is everywhere alike.
constexpr std::size_t kWindow = 80;
constexpr int kSound = 500;

bool has_sound(std::span<const std::int16_t> window) {
  return std::any_of(window.begin(), window.end(),
                     [](std::int16_t sample) { return std::abs(int{sample}) > kSound; });
}

}  // namespace

void SentAudio::add(std::span<const std::int16_t> samples, Time begins) {
  if (sent_.empty())
    begins_ = begins;
  sent_.insert(sent_.end(), samples.begin(), samples.end());
}

std::vector<SentAudio::Span> SentAudio::find(std::span<const std::int16_t> samples) const {
  std::vector<Span> spans;
  std::size_t before = sent_.size();  // of what was sent
  std::size_t left = samples.size();  // of what is looked for
  while (left >= kWindow) {
    const auto window = samples.subspan(left - kWindow, kWindow);
    if (!has_sound(window)) {
      left -= kWindow / 2;
      continue;
    }
    const auto end = sent_.begin() + static_cast<std::ptrdiff_t>(before);
    const auto found = std::find_end(sent_.begin(), end, window.begin(), window.end());
    if (found == end) {
      left -= kWindow / 2;
      continue;
    }
    auto at = static_cast<std::size_t>(found - sent_.begin());
    const auto last = at + kWindow;
    left -= kWindow;
    while (at > 0 && left > 0 && sent_[at - 1] == samples[left - 1]) --at, --left;
    spans.push_back({time_of(at), time_of(last)});
    before = at;
  }
  std::reverse(spans.begin(), spans.end());
  return spans;
}

}  // namespace centralita::replay
