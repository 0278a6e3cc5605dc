// Turns the probability of speech in one window after the other into where speech starts and ends.
//
//   SpeechDetector detector({.confirmation = 768, .hangover = 2400});
//   if (auto edge = detector.push({.probability = p, .samples = 256}))
//     ... edge->kind, edge->position
//
// Speech starts when the probability has reached `threshold_on` for `confirmation` of audio without
// falling below `threshold_off` meanwhile; it ends when it has not reached `threshold_on` for
// `hangover` since it fell below `threshold_off`. What is between the two changes nothing. Both
// times count from where the voice really set in or broke off, when the windows say where that was.
// Before either is sure there are hints of it, for who gains by being early and can take it back.
// Positions are counted in samples from the beginning, and so are durations; there is no clock.
#pragma once

#include <cstdint>
#include <optional>

namespace centralita {

struct SpeechSettings {
  float threshold_on = 0.5f;
  float threshold_off = 0.35f;
  // All in samples.
  std::uint64_t confirmation = 768;
  std::uint64_t hangover = 2400;
  std::uint64_t onset = 0;  // voice before a start is probable; 0: never said
  std::uint64_t pause = 0;  // silence before a pause; 0: never said
};

class SpeechDetector {
 public:
  struct Window {
    float probability = 0;
    std::uint64_t samples = 0;
    // From its begin: where a voice set in that is first noticed in it, and where one broke off
    // that is first missed in it. Negative for before.
    std::int64_t onset = 0, offset = 0;
  };
  struct Edge {
    // A start may be announced by kProbable, which kStart or kRejected follows; after kPause comes
    // kResume or kEnd. A start or an end that is sure at once is not announced.
    enum class Kind { kProbable, kRejected, kStart, kPause, kResume, kEnd };
    Kind kind;
    // kProbable, kRejected, kStart: of the first voiced sample. kPause, kEnd: behind the last
    // voiced sample. kResume: of the first voiced sample after the pause.
    std::uint64_t position;
    friend bool operator==(const Edge&, const Edge&) = default;
  };

  explicit SpeechDetector(const SpeechSettings& settings) : settings_(settings) {}

  // Takes effect with the next window.
  void set_settings(const SpeechSettings& settings) { settings_ = settings; }

  std::optional<Edge> push(const Window& window);
  // The stream is over: ends speech that has started, rejects a start that was probable.
  std::optional<Edge> finish();
  void reset();

  bool speaking() const { return speaking_; }
  std::uint64_t position() const { return position_; }

 private:
  std::optional<Edge> while_silent(const Window& window, std::uint64_t begin);
  std::optional<Edge> while_speaking(const Window& window, std::uint64_t begin);
  std::uint64_t shifted(std::uint64_t begin, std::int64_t by) const;

  SpeechSettings settings_;
  std::uint64_t position_ = 0;
  std::uint64_t last_edge_ = 0;
  bool speaking_ = false;
  // Where the change began that has not lasted long enough yet, and whether a hint of it was given.
  std::optional<std::uint64_t> candidate_;
  bool announced_ = false;
  std::uint64_t voiced_ = 0;  // of the candidate for a start
};

}  // namespace centralita
