// What the agent says while the caller waits for something slow, so that the line is not dead: a
// tool's result, or a model that does not answer.
//
//   Filler filler({.delay = 1500ms, .phrases = {"Un momento, por favor."}});
//   filler.wait_begins(now);            // a tool was called
//   timer at filler.deadline():
//     if (const auto phrase = filler.due(now)) say(*phrase);
//   filler.wait_ends();                 // the agent has something to say
//
// One phrase a wait at the most, the next one each time. The delay counts from when the wait began
// or the agent was last heard, whichever is later. Pure; one thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace centralita {

class Filler {
 public:
  using Time = std::chrono::nanoseconds;
  struct Settings {
    std::chrono::milliseconds delay{0};  // 0: nothing is ever said
    std::vector<std::string> phrases;
  };

  explicit Filler(Settings settings) : settings_(std::move(settings)) {}

  // Of a wait that goes on already nothing changes.
  void wait_begins(Time now);
  void wait_ends();
  bool waiting() const { return waits_since_.has_value(); }
  // Somebody speaks, so that the line is not silent until then.
  void heard_until(Time time);

  // When due() is to be asked; empty: nothing is to be said in this wait (any more).
  std::optional<Time> deadline() const;
  // The phrase to say now; empty: not yet, or not any more.
  std::optional<std::string> due(Time now);
  // The next one, for a wait that is known to be a long one; empty: nothing is ever said.
  std::optional<std::string> another();

 private:
  const Settings settings_;
  std::optional<Time> waits_since_;
  bool said_ = false;
  std::size_t next_ = 0;
};

// For agents that bring none; of the language of a voice such as es-MX.
std::vector<std::string> usual_fillers(const std::string& language);

}  // namespace centralita
