// Whether a caller who goes on after the end of their turn still says the same thing, and what has
// to be taken back then.
//
//   merge.ended(last_voiced);                 // the silence was long enough: the turn seems over
//   merge.said(3, "Quisiera una cita", ...);  // its words, which the dialog has now
//   if (merge.pause_before(onset)) ...        // the caller goes on before the answer was heard
//   merge.merging();                          // the next transcript is of both
//   merge.take_back(start)                    // the words that the dialog must forget for it
//   merge.number_of(start)                    // the turn that it is: the same
//   merge.reset();                            // the answer is being heard
//
// Times are of the media clock. Pure; one thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace centralita {

class TurnMerge {
 public:
  using Time = std::chrono::nanoseconds;

  explicit TurnMerge(std::chrono::milliseconds window) : window_(window) {}

  void ended(Time last_voiced) { ended_ = last_voiced; }
  void said(int number, const std::string& text, Time start, Time last_voiced) {
    said_ = Said{number, text, start};
    ended_ = last_voiced;
    merging_ = false;
  }
  void reset() {
    ended_.reset();
    said_.reset();
    merging_ = false;
  }

  // The silence before `onset`, when that is speech of the same turn.
  std::optional<Time> pause_before(Time onset) const {
    if (window_ == Time::zero() || !ended_ || onset < *ended_ || onset - *ended_ > window_)
      return std::nullopt;
    return onset - *ended_;
  }
  void merging() { merging_ = true; }

  // Of a transcript that begins at `start`: what was said before and is a part of it, once.
  std::optional<std::string> take_back(Time start) {
    if (!is_whole(start) || said_->text.empty())
      return std::nullopt;
    return std::exchange(said_->text, {});
  }
  std::optional<int> number_of(Time start) const {
    return is_whole(start) ? std::optional(said_->number) : std::nullopt;
  }

 private:
  struct Said {
    int number;
    std::string text;
    Time start;
  };
  // A running time may have been rounded on its way.
  static constexpr Time kSameTime = std::chrono::milliseconds(2);
  bool is_whole(Time start) const {
    return merging_ && said_ && std::chrono::abs(start - said_->start) <= kSameTime;
  }

  const Time window_;
  std::optional<Time> ended_;
  std::optional<Said> said_;
  bool merging_ = false;
};

}  // namespace centralita
