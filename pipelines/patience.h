// How long a call waits for a silent caller, and how long it may last: what the agent is to say of
// its own accord, and when to say goodbye.
//
//   Patience patience({.idle = 10s, .nudges = 2, ...});
//   patience.caller_spoke();                 // words, not noise: the silence begins anew
//   patience.quiet(true, now);               // the agent has ended, the caller may speak
//   switch (patience.due(now)) ...           // at deadline(): nudge, warn or say goodbye
//
// Time counts only while the agent listens and nobody speaks: a noise stops the clock and does not
// set it back. What the length of the call asks for waits for such a moment too, so that no
// sentence is cut; `overtime` after its end the call is over in any case (see hard_end()).
//
// Pure: whoever owns it has the timer. One thread.
#pragma once

#include <chrono>
#include <optional>

namespace centralita {

class Patience {
 public:
  using Time = std::chrono::nanoseconds;
  struct Settings {
    Time idle{std::chrono::seconds(10)};  // silence before a nudge; 0: for ever
    int nudges = 2;                       // before the goodbye
    Time longest{std::chrono::minutes(10)};
    Time warning{std::chrono::seconds(30)};  // so long before the end; 0: none
    Time overtime{std::chrono::seconds(20)};
  };
  enum class Action { kNone, kNudge, kWarn, kIdleGoodbye, kLengthGoodbye };

  Patience(const Settings& settings, Time call_begins);

  void caller_spoke();  // words, also into the goodbye to a silent caller
  void agent_spoke() { waited_ = {}; }
  // Whether nobody speaks and the caller may, from now on.
  void quiet(bool quiet, Time now);

  // What is to be done now; each thing is told once.
  Action due(Time now);
  // When due() is to be asked again; only while it is quiet.
  std::optional<Time> deadline() const;
  Time hard_end() const { return begins_ + settings_.longest + settings_.overtime; }

 private:
  Time waited(Time now) const;
  // When the next word about the call's length is due; nothing is left to say: Time::max().
  Time next_of_length() const;

  const Settings settings_;
  const Time begins_;
  std::optional<Time> quiet_since_;
  Time waited_{0};  // before quiet_since_
  int nudged_ = 0;
  bool warned_ = false, idle_over_ = false, length_over_ = false;
};

}  // namespace centralita
