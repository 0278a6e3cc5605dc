// The sink pad's side of groqsttsink: buffers and speech events in, utterances out.
//
//   AudioIntake intake({.on_utterance = ..., .on_so_far = ..., ...});
//   intake.set_caps(caps, settings);
//   intake.set_segment(segment);
//   if (!intake.push(buffer)) ...        // no caps yet
//   intake.speech(event);
//   intake.finish();                     // EOS
//
// Belongs to the pad's streaming thread, where the handlers are called.
#pragma once

#include "plugins/base/clause.h"
#include "plugins/groq/utterance_buffer.h"

#include <functional>

namespace centralita {

class AudioIntake {
 public:
  struct Handlers {
    std::function<void()> on_speech;              // an utterance begins
    std::function<void(Utterance)> on_so_far;     // probably all of it
    std::function<void()> on_resume;              // it was not
    std::function<void(Utterance)> on_utterance;  // it is complete, or as long as may be
  };

  explicit AudioIntake(Handlers handlers) : handlers_(std::move(handlers)) {}

  // Another rate in mid-stream ends what is open, and opens it again. `settings` count from the
  // first caps on.
  void set_caps(const GstCaps* caps, const UtteranceBuffer::Settings& settings);
  void set_segment(const GstSegment& segment) { segment_ = segment; }
  bool has_caps() const { return utterances_.has_value(); }

  // False: it cannot be read.
  bool push(GstBuffer* buffer);
  void speech(const SpeechEvent& event);
  void finish();
  void flush();  // FLUSH_STOP
  void stop();

 private:
  void hand_over(std::optional<Utterance> utterance);
  std::optional<std::chrono::nanoseconds> running_time_of(GstClockTime pts) const;
  std::span<const std::int16_t> whole_samples(std::span<const std::uint8_t> bytes);

  const Handlers handlers_;
  GstSegment segment_{};
  std::optional<UtteranceBuffer> utterances_;  // from caps on
  std::optional<std::uint8_t> half_sample_;    // of a sample that a buffer's end cut through
  std::vector<std::int16_t> joined_;           // behind whole_samples(), when something was cut
};

}  // namespace centralita
