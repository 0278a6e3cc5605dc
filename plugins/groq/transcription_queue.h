// The utterances of a stream on their way to text: requests overlap, what comes of them is handed
// over in the order of the utterances, and the end of the stream after the last of them.
//
// A request that fails in a way that may pass is repeated as plugins/base/retry.h says; only what
// comes of the last one is reported.
//
// Belongs to its IoContext's thread. Handlers are called there, outcomes never inside add(), and
// may call cancel() and close().
#pragma once

#include "plugins/base/retry.h"
#include "plugins/groq/transcription.h"

#include <deque>
#include <memory>

namespace centralita {

class TranscriptionQueue : public std::enable_shared_from_this<TranscriptionQueue> {
 public:
  struct Outcome {
    unsigned number;                      // of the utterance, from 1
    std::chrono::nanoseconds start, end;  // running times of the speech
    std::chrono::milliseconds latency;    // request -> answer, a repetition included
    TranscriptionResult result;
  };
  struct Handlers {
    std::function<void(unsigned number, std::chrono::nanoseconds start,
                       std::chrono::nanoseconds end)>
        on_started;
    std::function<void(const TranscriptionQueue&, const Outcome&)> on_outcome;
    std::function<void()> on_end;
  };

  TranscriptionQueue(IoContext io, Handlers handlers)
      : io_(std::move(io)), handlers_(std::make_shared<Handlers>(std::move(handlers))) {}

  // An utterance whose speech is shorter than `min` is not sent: its text is empty.
  void add(Utterance utterance, TranscriptionSettings settings, std::chrono::milliseconds min);
  // on_end is called when everything before has been handed over.
  void end();
  // Aborts what is under way; its outcomes never come. An end that was waiting comes now, unless
  // `forget_end`.
  void cancel(bool forget_end);
  // As cancel(), and nothing is called any more.
  void close();
  bool closed() const { return handlers_ == nullptr; }

  // Changes with every cancel(): what is handed over in several steps stops when it does.
  unsigned generation() const { return generation_; }
  const IoContext& io() const { return io_; }

 private:
  struct Job {
    unsigned number;
    Utterance utterance;
    TranscriptionSettings settings;
    bool begun = false;
    Retry retry{};
    Clock::TimePoint begun_at{};
    Slot waiting;  // a request, or the pause before its repetition
    std::optional<Outcome> outcome;
  };
  using JobRef = std::shared_ptr<Job>;

  void begin_some();
  void begin(const JobRef& job);
  void request(const JobRef& job);
  void answered(const JobRef& job, TranscriptionResult result);
  void settle(const JobRef& job, TranscriptionResult result);
  void deliver();
  void deliver_soon();

  IoContext io_;
  std::shared_ptr<Handlers> handlers_;  // a running one is held by whoever runs it
  std::deque<JobRef> jobs_;  // in order of number; the settled ones wait for those before
  unsigned last_number_ = 0;
  unsigned generation_ = 0;
  bool ending_ = false;
  bool delivering_ = false;
  Slot delivery_;
};

}  // namespace centralita
