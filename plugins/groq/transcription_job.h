// One utterance on its way to text: its request, the repetitions of it, a smaller upload where the
// service finds it too large, and the gate that leaves out what was not said.
//
//   auto job = std::make_shared<TranscriptionJob>(io, 7, utterance, settings);
//   job->start([] { use(job->result()); });
//
// What is repeated and after which wait is in plugins/base/retry.h; where there is a fallback, it
// is asked once instead, at once and whatever the failure was. An answer 413 to a WAV file is met
// with a FLAC file of the same audio, once; to a FLAC file it is final.
//
// Belongs to its IoContext's thread. Dropping the job aborts it.
#pragma once

#include "plugins/groq/transcription.h"

#include <memory>

namespace centralita {

struct Transcript {
  std::string text;      // trimmed; empty: nothing was said
  std::string language;  // as the service says it; empty: it does not
  std::string rejected;  // what the gate left out
  std::string reject_reason;
  std::optional<double> confidence;
};
using TranscriptionResult = Result<Transcript, ProviderError>;

class TranscriptionJob : public std::enable_shared_from_this<TranscriptionJob> {
 public:
  // `number` counts utterances and names the file.
  TranscriptionJob(IoContext io, unsigned number, Utterance utterance,
                   const TranscriptionSettings& settings);

  // Why there is nothing to send: too little was said (`min` of speech, unless it is clearly a
  // voice: a short "sí"), or there is no key. Then it is settled.
  bool settle_unsent(std::chrono::milliseconds min);
  // `done` is called once, later.
  void start(std::function<void()> done);

  bool started() const { return started_; }
  bool settled() const { return result_.has_value(); }
  const TranscriptionResult& result() const { return *result_; }
  std::chrono::milliseconds latency() const;  // request -> answer, repetitions included

  unsigned number() const { return number_; }
  Clock::TimePoint settled_at() const { return settled_at_; }
  // Also when it is settled: the next one may be sent together with it.
  const std::shared_ptr<const Utterance>& utterance() const { return utterance_; }

 private:
  void request();
  void request_after(std::chrono::milliseconds pause);
  void answered(TranscriptionAnswer answer);
  void settle(TranscriptionResult result);
  Transcript gated(const WhisperAnswer& answer) const;

  const IoContext io_;
  const unsigned number_;
  const std::shared_ptr<const Utterance> utterance_;
  TranscriptionSettings settings_;  // resolved; of the fallback once that is asked
  UploadFormat format_;
  Retry retry_;
  std::function<void()> done_;
  bool started_ = false;
  bool on_fallback_ = false;
  Clock::TimePoint started_at_{}, settled_at_{};
  Slot waiting_;  // a request, or the pause before its repetition
  std::optional<TranscriptionResult> result_;
};

}  // namespace centralita
