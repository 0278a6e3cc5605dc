// Cuts a stream of samples into utterances: what was said between a speech start and a speech end,
// with a little before it (the onset that the detector needed to be sure) and a little after.
//
//   UtteranceBuffer buffer(16000, {});
//   for (auto& piece : buffer.push(samples, running_time)) send(piece);  // only when one is too
//   long buffer.speech_start(t0); if (auto so_far = buffer.speech_pause(t1)) try_ahead(*so_far); //
//   probably the end buffer.speech_resume(t2);                                            // it was
//   not if (auto utterance = buffer.speech_end(t3)) send(*utterance);        // all of it
//
// Knows nothing of GStreamer. Belongs to the thread that pushes.
#pragma once

#include "plugins/groq/utterance.h"

namespace centralita {

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
    // A longer utterance is cut and goes on in the next: in the quietest place of the last quarter
    // before this, at most of its last three seconds.
    std::chrono::seconds max{60};
  };

  UtteranceBuffer(int rate, const Settings& settings);

  // Where this one ends, at another rate: an open utterance stays open, what is held stays behind.
  // Take what finish() gives before.
  UtteranceBuffer successor(int rate) const;
  // After a flush: nothing is open and nothing held, but what was learned of the stream's events.
  void flush();

  // `running_time` of the first sample; without one the samples follow on. `voice`: whether a
  // detector that announces no events held them for speech. Returns what had to be cut because it
  // had reached the maximum: usually nothing.
  std::vector<Utterance> push(std::span<const std::int16_t> samples,
                              std::optional<std::chrono::nanoseconds> running_time,
                              std::optional<bool> voice = std::nullopt);

  // A start while an utterance is open, and an end while none is, do nothing.
  void speech_start(std::chrono::nanoseconds running_time);
  std::optional<Utterance> speech_end(std::chrono::nanoseconds running_time);
  // The utterance so far, as if it ended here; it stays open.
  std::optional<Utterance> speech_pause(std::chrono::nanoseconds running_time);
  void speech_resume(std::chrono::nanoseconds running_time);

  // The end of the stream: what is open, if anything.
  std::optional<Utterance> finish();

  int rate() const { return rate_; }
  // Running time of the end of the last sample.
  std::chrono::nanoseconds now() const { return time_of(end_position()); }
  std::size_t samples_held() const { return samples_.size() - head_; }

 private:
  enum class State { kIdle, kSpeech, kWhole };
  using Position = std::int64_t;  // counts samples from the start of the stream
  struct Voiced {
    Position from, to;
  };

  Position end_position() const { return first_ + static_cast<Position>(samples_held()); }
  Position count(std::chrono::nanoseconds duration) const;
  Position position_of(std::chrono::nanoseconds running_time) const;
  std::chrono::nanoseconds time_of(Position position) const;
  Position end_of_utterance(std::chrono::nanoseconds speech_end) const;
  Position place_to_cut() const;
  void voice_stops(Position position);
  Utterance copy(Position end, std::chrono::nanoseconds end_time) const;
  Utterance take(Position end, std::chrono::nanoseconds end_time);
  void drop_before(Position position);

  int rate_;
  Settings settings_;
  State state_;

  std::vector<std::int16_t> samples_;
  std::size_t head_ = 0;  // samples before it are dropped; erased now and then
  Position first_ = 0;    // of samples_[head_]

  Position anchor_ = 0;  // where the running time is known
  std::chrono::nanoseconds anchor_time_{0};

  Position begin_ = 0;  // of the open utterance, pre-roll included
  std::chrono::nanoseconds start_{0};
  Position taken_ = 0;  // up to here everything has been sent: no pre-roll reaches behind it
  std::vector<Voiced> voiced_;          // of the open utterance
  std::optional<Position> voice_from_;  // the voice that is on
};

}  // namespace centralita
