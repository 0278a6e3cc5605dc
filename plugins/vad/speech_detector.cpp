#include "plugins/vad/speech_detector.h"

#include <algorithm>
#include <utility>

namespace centralita {

std::optional<SpeechDetector::Edge> SpeechDetector::push(const Window& window) {
  const std::uint64_t begin = position_;
  position_ += window.samples;
  return speaking_ ? while_speaking(window, begin) : while_silent(window, begin);
}

// Never before the edge before it, nor behind what has been heard.
std::uint64_t SpeechDetector::shifted(std::uint64_t begin, std::int64_t by) const {
  const auto position = static_cast<std::int64_t>(begin) + by;
  return static_cast<std::uint64_t>(std::clamp(position, static_cast<std::int64_t>(last_edge_),
                                               static_cast<std::int64_t>(position_)));
}

std::optional<SpeechDetector::Edge> SpeechDetector::while_silent(const Window& window,
                                                                 std::uint64_t begin) {
  if (window.probability < settings_.threshold_off) {
    const auto rejected = std::exchange(candidate_, std::nullopt);
    if (std::exchange(announced_, false))
      return Edge{Edge::Kind::kRejected, *rejected};
    return std::nullopt;
  }
  if (window.probability < settings_.threshold_on)
    return std::nullopt;
  if (candidate_) {
    voiced_ += window.samples;
  } else {
    candidate_ = shifted(begin, window.onset);
    voiced_ = std::max(window.samples, position_ - *candidate_);
  }
  if (voiced_ >= settings_.confirmation) {
    speaking_ = true;
    announced_ = false;
    last_edge_ = *std::exchange(candidate_, std::nullopt);
    return Edge{Edge::Kind::kStart, last_edge_};
  }
  if (announced_ || settings_.onset == 0 || voiced_ < settings_.onset)
    return std::nullopt;
  announced_ = true;
  return Edge{Edge::Kind::kProbable, *candidate_};
}

std::optional<SpeechDetector::Edge> SpeechDetector::while_speaking(const Window& window,
                                                                   std::uint64_t begin) {
  if (window.probability >= settings_.threshold_on) {
    candidate_.reset();
    if (std::exchange(announced_, false))
      return Edge{Edge::Kind::kResume, shifted(begin, window.onset)};
    return std::nullopt;
  }
  if (!candidate_ && window.probability < settings_.threshold_off)
    candidate_ = shifted(begin, window.offset);
  if (!candidate_)
    return std::nullopt;
  const std::uint64_t silent = position_ - *candidate_;
  if (silent >= settings_.hangover)
    return finish();
  if (announced_ || settings_.pause == 0 || silent < settings_.pause)
    return std::nullopt;
  announced_ = true;
  return Edge{Edge::Kind::kPause, *candidate_};
}

std::optional<SpeechDetector::Edge> SpeechDetector::finish() {
  std::optional<Edge> edge;
  if (speaking_)
    edge = Edge{Edge::Kind::kEnd, last_edge_ = candidate_.value_or(position_)};
  else if (announced_)
    edge = Edge{Edge::Kind::kRejected, *candidate_};
  speaking_ = false;
  announced_ = false;
  candidate_.reset();
  return edge;
}

void SpeechDetector::reset() {
  position_ = 0;
  last_edge_ = 0;
  speaking_ = false;
  announced_ = false;
  candidate_.reset();
}

}  // namespace centralita
