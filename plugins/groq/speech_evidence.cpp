#include "plugins/groq/speech_evidence.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kWindow = 20ms;
constexpr double kLoudBelow = 12, kActiveBelow = 25;  // dB below the level

constexpr double kStrongLevel = -45, kStrongContrast = 12;
constexpr milliseconds kStrongTime = 60ms;

double dbfs(double power) {
  constexpr double kFullScale = 32768.0 * 32768.0;
  return power > 0 ? std::max(kSilenceDbfs, 10 * std::log10(power / kFullScale)) : kSilenceDbfs;
}

double power_of(std::span<const std::int16_t> samples) {
  const auto sum =
      std::accumulate(samples.begin(), samples.end(), std::int64_t{0},
                      [](std::int64_t total, std::int32_t s) { return total + s * s; });
  return static_cast<double>(sum) / static_cast<double>(samples.size());
}

}  // namespace

bool SpeechEvidence::strong() const {
  return level >= kStrongLevel && contrast >= kStrongContrast && loud >= kStrongTime &&
         voiced.value_or(kStrongTime) >= kStrongTime;
}

SpeechEvidence measure_speech(std::span<const std::int16_t> samples, int rate,
                              std::optional<milliseconds> voiced) {
  SpeechEvidence evidence{.voiced = voiced};
  const auto window = static_cast<std::size_t>(rate) * kWindow.count() / 1000;
  std::vector<double> levels;
  for (std::size_t at = 0; at + window <= samples.size(); at += window)
    levels.push_back(dbfs(power_of(samples.subspan(at, window))));
  if (levels.empty())
    return evidence;
  std::sort(levels.begin(), levels.end(), std::greater<>());
  evidence.level = levels[std::min<std::size_t>(2, levels.size() - 1)];
  evidence.contrast = std::max(0.0, evidence.level - levels[(levels.size() * 9) / 10]);
  // Digital silence is at no distance from itself: it is neither loud nor active.
  const auto time_above = [&](double level) {
    return kWindow * std::count_if(levels.begin(), levels.end(),
                                   [&](double l) { return l >= level && l > kSilenceDbfs; });
  };
  evidence.loud = time_above(evidence.level - kLoudBelow);
  evidence.active = time_above(evidence.level - kActiveBelow);
  return evidence;
}

std::size_t quietest_place(std::span<const std::int16_t> samples, std::size_t from,
                           std::size_t length) {
  if (length == 0 || samples.size() < from + length)
    return samples.size();
  const auto square = [&](std::size_t i) { return std::int64_t{samples[i]} * samples[i]; };
  std::int64_t sum = 0;
  for (std::size_t i = from; i < from + length; ++i) sum += square(i);
  auto least = sum;
  // Of equally quiet places the last: the longer piece is the better one to understand.
  std::size_t place = from;
  for (std::size_t i = from; i + length < samples.size(); ++i) {
    sum += square(i + length) - square(i);
    if (sum <= least) {
      least = sum;
      place = i + 1;
    }
  }
  return place + length / 2;
}

}  // namespace centralita
