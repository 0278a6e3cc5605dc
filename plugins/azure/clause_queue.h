// The clauses of a speaker on their way to audio: requested some ahead, handed over strictly in
// order and as their audio arrives, with marks that keep their places between them.
//
//   queue->speak({.tag = {1, 0}, .text = "Hola."});
//   queue->mark([] { ... });     // runs when everything before it has been handed over
//
// A request that fails before anything of its clause was handed over, in a way that may pass, is
// repeated as plugins/base/retry.h says; where there is a fallback, that is asked instead, and for
// all that follows of the same turn, which shall have one voice. A clause that fails for good ends
// with its error, and the next goes on.
//
// Belongs to its IoContext's thread. Handlers are called there, and may call everything here.
#pragma once

#include "plugins/azure/phrase_source.h"
#include "plugins/base/clause.h"
#include "plugins/base/retry.h"

#include <deque>
#include <memory>

namespace centralita {

class ClauseQueue : public std::enable_shared_from_this<ClauseQueue> {
 public:
  struct Clause {
    ClauseTag tag;
    std::string text;
    Voice voice;
  };
  // How a clause is to be requested: asked for each one when its turn to be requested comes.
  struct Plan {
    SynthesisSettings settings;  // resolved
    const AudioFormat* format;   // none: the clause is passed over
    CacheSettings cache;
  };
  struct Outcome {
    std::chrono::nanoseconds duration;  // of what was handed over
    AudioOrigin origin;
    std::optional<ProviderError> error;
  };
  struct Handlers {
    std::function<Plan()> plan;
    std::function<void(const Clause&)> on_requested;
    std::function<void(const Clause&, std::chrono::milliseconds latency)>
        on_first_audio;  // arrived
    // These in order, of one clause after the other.
    // Without a format: nothing was asked for, there will be no audio.
    std::function<void(const Clause&, const AudioFormat*)> on_begin;
    // Whole samples, at most 100 ms of them, and how long they last.
    std::function<void(std::span<const std::uint8_t>, std::chrono::nanoseconds)> on_audio;
    std::function<void(const Clause&, const Outcome&)> on_end;
  };

  ClauseQueue(IoContext io, Handlers handlers)
      : io_(std::move(io)), handlers_(std::make_shared<Handlers>(std::move(handlers))) {}

  // At most so many clauses are requested besides the one that is being handed over.
  void set_prefetch(unsigned clauses) { prefetch_ = clauses; }

  void speak(Clause clause);
  void mark(std::function<void()> function);
  // Forgets everything, requests under way included.
  void cancel();
  // As cancel(), and nothing is called any more.
  void close();
  bool closed() const { return handlers_ == nullptr; }
  const IoContext& io() const { return io_; }

 private:
  struct Item {
    Clause clause;
    std::function<void()> mark;  // instead of a clause
    bool requested = false;
    Retry retry;
    bool on_fallback = false;
    bool begun = false;      // handing over
    bool any_audio = false;  // arrived
    bool finished = false;   // nothing more arrives
    Clock::TimePoint requested_at{};
    Plan plan{};
    std::vector<std::uint8_t> arrived;  // and not handed over
    std::uint64_t bytes = 0;            // handed over
    AudioOrigin origin = AudioOrigin::kService;
    std::optional<ProviderError> error;
    Slot waiting;  // a request, or the pause before its repetition
  };
  using ItemRef = std::shared_ptr<Item>;

  void request_some();
  void request(const ItemRef& item);
  void send(const ItemRef& item);
  void send_after(const ItemRef& item, std::chrono::milliseconds pause);
  void use_fallback(Item& item);
  void audio_arrived(const ItemRef& item, std::span<const std::uint8_t> bytes);
  void failed(const ItemRef& item, const ProviderError& error);
  void finish(const ItemRef& item);
  void advance();
  bool hand_over(const ItemRef& item);
  void hand_over_audio(const ItemRef& item);
  bool is_front(const ItemRef& item) const { return !items_.empty() && items_.front() == item; }

  IoContext io_;
  std::shared_ptr<Handlers> handlers_;  // a running one is held by whoever runs it
  std::deque<ItemRef> items_;
  unsigned prefetch_ = 2;
  std::optional<std::uint32_t> fallback_turn_;  // whose clauses the fallback speaks
  unsigned generation_ = 0;                     // changes with every cancel()
  bool advancing_ = false;
};

}  // namespace centralita
