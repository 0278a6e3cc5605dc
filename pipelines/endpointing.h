// How long a silence of the caller's ends their turn: the one question whose answer is felt in
// every turn. Short, and people who think while they speak are cut off; long, and everybody waits.
//
//   Endpointing endpointing(settings);
//   endpointing.speech_began(onset);         // what the detector of speech says, as it says it
//   endpointing.paused(last_voiced);
//   hangover = endpointing.silence();        // to be asked after each of them
//
// Fixed: always `silence`.
//
// Adaptive: what is kept of each of the caller's last turns is its longest pause that was followed
// by more of the same turn, be it within an utterance or after an end that turned out to be none.
// The wait is the 0.9 quantile of those, and a margin: of ten such turns one would be cut. With few
// turns known it is drawn towards `silence`: what was learned weighs n / (n + 2) after n turns when
// it makes the wait shorter, and all at once when longer, for cutting people off is the greater
// evil.
//
// An end that was none costs nothing but requests while a caller who goes on before the answer is
// heard is taken back (turn_merge.h). So of a pause that can be, a part is waited for after the end
// has been decided, while the answer is made: half of the shortest time that the last answers took.
//
// Expecting, on top of either: what the agent asked for (expectation.h). What is dictated is waited
// for longer, and learned apart, because nobody dictates with the pauses they speak with; a short
// answer to a yes-or-no question is not waited for. With the words so far known (speculation), they
// count: what cannot be all is waited for, what must be all is not.
//
// Times are of the media clock. Pure; one thread.
#pragma once

#include "pipelines/expectation.h"

#include <chrono>
#include <deque>
#include <optional>

namespace centralita {

class Endpointing {
 public:
  using Time = std::chrono::nanoseconds;
  struct Settings {
    bool adaptive = false;
    bool expecting = false;
    Time silence{std::chrono::milliseconds(700)};
    Time shortest{std::chrono::milliseconds(400)};  // of what is learned or expected
    Time longest{std::chrono::milliseconds(2000)};
    Time merge_window{0};  // a pause so long is taken back; 0: none
  };

  explicit Endpointing(const Settings& settings) : settings_(settings) {}

  // The model says what its reply, the one on its way, waits for.
  void declare(const Expectation& expected) { declared_ = expected; }
  // That reply will not be heard.
  void forget_declared() { declared_.reset(); }
  // The agent has spoken: `heard` of it, which was all or was cut off.
  void agent_said(std::string_view heard, bool whole);
  void expect(const Expectation& expected) { expected_ = expected; }

  // Speech for sure, from `onset` on. When the turn is still open it goes on.
  void speech_began(Time onset);
  void paused(Time last_voiced);  // perhaps the end
  void resumed(Time onset);
  void words_so_far(std::string_view text);  // at a pause
  // The wait was over, at `decided`.
  void ended(Time last_voiced, std::optional<Time> decided = std::nullopt);
  // The turn is over and was one: its words are answered and the answer is heard from `now` on.
  void answered(std::optional<Time> now = std::nullopt);
  // The caller speaks into the answer: soon after its beginning that means that the turn was not
  // over, and it is open again.
  void cut_in(Time onset);
  // What was heard was no turn of the caller's.
  void forget();

  // The words so far cannot be all: nothing need be made of them.
  bool unfinished() const {
    return settings_.expecting && completeness_ == Completeness::kIncomplete;
  }

  // What to wait for as things are now.
  Time silence() const;
  const Expectation& expected() const { return expected_; }
  // Turns that have taught something, of the ordinary kind.
  std::size_t turns_known() const { return spoken_.size(); }

 private:
  using Pauses = std::deque<Time>;  // the longest of each turn, newest last
  Time learned(const Pauses& pauses, Time from) const;
  Time wait_for(Time pause) const;
  Time expected_silence(Time ordinary) const;
  void went_on(Time pause);

  const Settings settings_;
  Expectation expected_;
  std::optional<Expectation> declared_;
  Pauses spoken_, dictated_;
  struct Answered {
    Time last_voiced;
    Pauses* pauses;  // where its longest pause is, at the end
  };
  std::optional<Answered> answered_;  // the turn before
  std::deque<Time> answers_;          // how long the last took, from the end of the turn

  // The turn that is open.
  bool open_ = false;
  std::optional<Time> onset_;        // of its first sound
  std::optional<Time> last_voiced_;  // in a pause, or after its end
  std::optional<Time> decided_;      // when it was held to be over
  Time longest_pause_{0};
  Completeness completeness_ = Completeness::kUnknown;
};

}  // namespace centralita
