// Cuts a stream of samples into utterances: what was said between a speech start and a speech end,
// with a little before it (the onset that the detector needed to be sure) and a little after.
//
//   UtteranceBuffer buffer(16000, {});
//   for (Utterance& cut : buffer.push(samples, running_time)) send(cut);   // only when one is too
//   long buffer.speech_start(t0); if (auto utterance = buffer.speech_end(t1)) send(*utterance);
//
// Knows nothing of GStreamer. Samples are kept as they come and never looked at, so their byte
// order does not matter. Belongs to the thread that pushes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace centralita {

struct Utterance {
  std::vector<std::int16_t> samples;  // mono, pre-roll and tail included
  int rate = 0;                       // Hz
  // Running times of the speech itself, without pre-roll and tail.
  std::chrono::nanoseconds start{0};
  std::chrono::nanoseconds end{0};
};

enum class Segmentation {
  kAuto,    // everything is one utterance until a first speech event is seen, then as kEvents
  kEvents,  // between speech start and speech end; what is outside is not sent
  kEos,     // everything until the end is one utterance
};

class UtteranceBuffer {
 public:
  struct Settings {
    Segmentation segmentation = Segmentation::kAuto;
    std::chrono::milliseconds pre_roll{300};
    std::chrono::milliseconds tail{200};  // as far as it has arrived: nobody waits for it
    std::chrono::seconds max{60};         // a longer utterance is cut and goes on in the next
  };

  UtteranceBuffer(int rate, const Settings& settings);

  // `running_time` of the first sample; without one the samples follow on. Returns what had to be
  // cut because it had reached the maximum: usually nothing.
  std::vector<Utterance> push(std::span<const std::int16_t> samples,
                              std::optional<std::chrono::nanoseconds> running_time);

  // A start while an utterance is open, and an end while none is, do nothing.
  void speech_start(std::chrono::nanoseconds running_time);
  std::optional<Utterance> speech_end(std::chrono::nanoseconds running_time);

  // The end of the stream: what is open, if anything.
  std::optional<Utterance> finish();

  int rate() const { return rate_; }
  // Running time of the end of the last sample.
  std::chrono::nanoseconds now() const { return time_of(end_position()); }
  std::size_t samples_held() const { return samples_.size() - head_; }

 private:
  enum class State { kIdle, kSpeech, kWhole };
  using Position = std::int64_t;  // counts samples from the start of the stream

  Position end_position() const { return first_ + static_cast<Position>(samples_held()); }
  Position count(std::chrono::nanoseconds duration) const;
  Position position_of(std::chrono::nanoseconds running_time) const;
  std::chrono::nanoseconds time_of(Position position) const;
  Utterance take(Position end, std::chrono::nanoseconds end_time);
  void drop_before(Position position);

  const int rate_;
  const Settings settings_;
  State state_;

  std::vector<std::int16_t> samples_;
  std::size_t head_ = 0;  // samples before it are dropped; erased now and then
  Position first_ = 0;    // of samples_[head_]

  Position anchor_ = 0;  // where the running time is known
  std::chrono::nanoseconds anchor_time_{0};

  Position begin_ = 0;  // of the open utterance, pre-roll included
  std::chrono::nanoseconds start_{0};
  Position taken_ = 0;  // up to here everything has been sent: no pre-roll reaches behind it
};

}  // namespace centralita
