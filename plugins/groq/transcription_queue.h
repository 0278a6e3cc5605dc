// The utterances of a stream on their way to text: requests overlap, what comes of them is handed
// over in the order of the utterances, and the end of the stream after the last of them.
//
//   queue->speculate(so_far, settings);   // probably the end of an utterance: asked ahead
//   queue->withdraw("resumed");           // it was not
//   queue->add(utterance, settings);      // the end; a speculation of the same speech becomes it
//   queue->merge_next();                  // nor was that the end: the next one goes with it
//
// Speculation. One at a time, and at most max_speculations for an utterance. It is withdrawn by
// withdraw(), and by an add() of other speech than its own. When it fails, nobody hears of it: the
// utterance is then asked for in the ordinary way. A service that says "too many requests" is given
// ten seconds, or what it asks for, without speculations.
//
// Merging. An utterance is kept for `reopen` after its end, and while the next one is being spoken.
// merge_next() makes that next one a single utterance with it: what is not handed over yet of the
// first is held back and withdrawn when the second comes, or handed over after all when none begins
// within `reopen`, when both are longer than `max`, or when the stream ends.
//
// Belongs to its IoContext's thread. Handlers are called there, outcomes never inside add(), and
// may call cancel() and close().
#pragma once

#include "plugins/groq/transcription_job.h"

#include <deque>

namespace centralita {

struct QueueSettings {
  TranscriptionSettings transcription;
  // An utterance whose speech is shorter and no clear voice is not sent: its text is empty.
  std::chrono::milliseconds min_utterance{120};
  unsigned max_speculations = 3;
  std::chrono::milliseconds reopen{3000};  // 0: merge_next() does nothing
  std::chrono::seconds max_utterance{60};
};

class TranscriptionQueue : public std::enable_shared_from_this<TranscriptionQueue> {
 public:
  struct Outcome {
    std::shared_ptr<const TranscriptionJob> job;  // settled
    // From the end of the utterance, as add() told it, to the answer: nothing, when a speculation
    // had it before.
    std::chrono::milliseconds wait{0};
    unsigned replaces = 0;     // the first of the utterances that were merged into it; 0: none
    bool speculative = false;  // the utterance has not ended; the same may come again, as its end
  };
  struct Handlers {
    std::function<void(const TranscriptionJob&, bool speculative)> on_started;
    std::function<void(const TranscriptionQueue&, const Outcome&)> on_outcome;
    std::function<void(unsigned number, const char* reason, bool speculative)> on_withdrawn;
    std::function<void()> on_end;
  };

  TranscriptionQueue(IoContext io, Handlers handlers)
      : io_(std::move(io)), handlers_(std::make_shared<Handlers>(std::move(handlers))) {}

  // Opens a connection ahead of a request, unless there should be one still.
  void warm(const TranscriptionSettings& settings);
  void add(Utterance utterance, const QueueSettings& settings);
  void speculate(Utterance so_far, const QueueSettings& settings);
  // "resumed": the caller went on. Without a speculation nothing happens.
  void withdraw(const char* reason);
  // The last utterance, when nothing came of it but an error, anew. False: there is none.
  bool try_again(const QueueSettings& settings);
  // A next utterance has begun.
  void speech_started();
  // False when there is none to merge with.
  bool merge_next();

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
  struct Entry {
    std::shared_ptr<TranscriptionJob> job;
    unsigned replaces = 0;
    Clock::TimePoint added{};
    bool before_added = false;  // whether it was settled when it was added
  };
  struct Previous {
    std::shared_ptr<const Utterance> utterance;
    unsigned number;  // its own
    unsigned first;   // of those merged into it, or its own
    std::chrono::milliseconds reopen;
  };

  Entry make_entry(Utterance utterance, const QueueSettings& settings) const;
  bool is_merge(const Utterance& next, const QueueSettings& settings) const;
  void take_back_previous();
  void keep_previous(const Entry& entry, const QueueSettings& settings);
  void forget_previous();
  bool held(const Entry& entry) const;
  std::optional<Entry> confirmed(const Utterance& utterance, unsigned replaces);
  void speculation_answered();
  void begin_some();
  void begin(const std::shared_ptr<TranscriptionJob>& job);
  void answered();
  int under_way() const;
  Outcome outcome_of(const Entry& entry, bool speculative) const;
  void deliver();
  void deliver_soon();

  IoContext io_;
  std::shared_ptr<Handlers> handlers_;  // a running one is held by whoever runs it
  std::deque<Entry> entries_;           // in order; the settled ones wait for those before
  unsigned last_number_ = 0;
  unsigned generation_ = 0;
  bool ending_ = false;
  bool delivering_ = false;
  Slot delivery_;
  std::optional<Clock::TimePoint> last_contact_;  // with the service

  std::optional<Entry> failed_;  // the last one handed over, until the next one is added
  std::optional<Entry> speculation_;
  unsigned speculations_ = 0;  // of the utterance that is being spoken
  Clock::TimePoint no_speculation_before_{};

  std::optional<Previous> previous_;
  bool merge_wanted_ = false;
  bool speaking_ = false;
  Slot previous_expires_;
};

}  // namespace centralita
