// Turns the probability of speech in one window after the other into where speech starts and ends.
//
//   SpeechDetector detector({.confirmation = 768, .hangover = 2400});
//   if (auto edge = detector.push(probability, 256))
//     ... edge->kind, edge->position
//
// Speech starts when the probability has reached `threshold_on` for `confirmation` of audio without
// falling below `threshold_off` meanwhile; it ends when it has not reached `threshold_on` for
// `hangover` since it fell below `threshold_off`. What is between the two changes nothing.
// Positions are counted in samples from the beginning, and so are durations; there is no clock.
#pragma once

#include <cstdint>
#include <optional>

namespace centralita {

struct SpeechSettings {
  float threshold_on = 0.5f;
  float threshold_off = 0.35f;
  std::uint64_t confirmation = 768;  // samples
  std::uint64_t hangover = 2400;     // samples
};

class SpeechDetector {
 public:
  struct Edge {
    enum class Kind { kStart, kEnd };
    Kind kind;
    // kStart: of the first voiced sample. kEnd: behind the last voiced sample.
    std::uint64_t position;
    friend bool operator==(const Edge&, const Edge&) = default;
  };

  explicit SpeechDetector(const SpeechSettings& settings) : settings_(settings) {}

  // Takes effect with the next window.
  void set_settings(const SpeechSettings& settings) { settings_ = settings; }

  // The next `samples` samples have this probability of being speech.
  std::optional<Edge> push(float probability, std::uint64_t samples);
  // The stream is over: ends speech that has started.
  std::optional<Edge> finish();
  void reset();

  bool speaking() const { return speaking_; }
  std::uint64_t position() const { return position_; }

 private:
  std::optional<Edge> while_silent(float probability, std::uint64_t begin);
  std::optional<Edge> while_speaking(float probability, std::uint64_t begin);

  SpeechSettings settings_;
  std::uint64_t position_ = 0;
  bool speaking_ = false;
  // Where the change began that has not lasted long enough yet.
  std::optional<std::uint64_t> candidate_;
  std::uint64_t voiced_ = 0;  // of the candidate for a start
};

}  // namespace centralita
