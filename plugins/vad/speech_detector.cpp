#include "plugins/vad/speech_detector.h"

namespace centralita {

std::optional<SpeechDetector::Edge> SpeechDetector::push(float probability, std::uint64_t samples) {
  const std::uint64_t begin = position_;
  position_ += samples;
  return speaking_ ? while_speaking(probability, begin) : while_silent(probability, begin);
}

std::optional<SpeechDetector::Edge> SpeechDetector::while_silent(float probability,
                                                                 std::uint64_t begin) {
  if (probability < settings_.threshold_off) {
    candidate_.reset();
    return std::nullopt;
  }
  if (probability < settings_.threshold_on)
    return std::nullopt;
  if (!candidate_) {
    candidate_ = begin;
    voiced_ = 0;
  }
  voiced_ += position_ - begin;
  if (voiced_ < settings_.confirmation)
    return std::nullopt;
  const Edge start{Edge::Kind::kStart, *candidate_};
  speaking_ = true;
  candidate_.reset();
  return start;
}

std::optional<SpeechDetector::Edge> SpeechDetector::while_speaking(float probability,
                                                                   std::uint64_t begin) {
  if (probability >= settings_.threshold_on) {
    candidate_.reset();
    return std::nullopt;
  }
  if (!candidate_ && probability < settings_.threshold_off)
    candidate_ = begin;
  if (!candidate_ || position_ - *candidate_ < settings_.hangover)
    return std::nullopt;
  return finish();
}

std::optional<SpeechDetector::Edge> SpeechDetector::finish() {
  std::optional<Edge> end;
  if (speaking_)
    end = Edge{Edge::Kind::kEnd, candidate_.value_or(position_)};
  speaking_ = false;
  candidate_.reset();
  return end;
}

void SpeechDetector::reset() {
  position_ = 0;
  speaking_ = false;
  candidate_.reset();
}

}  // namespace centralita
