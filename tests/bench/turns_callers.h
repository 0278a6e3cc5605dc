// People who call: real recordings joined with the pauses that people make, answering an agent's
// questions. Each is one scenario; the turns are the same whatever the settings.
#pragma once

#include "server/replay/scenario.h"

#include <string>
#include <vector>

namespace centralita::bench {

struct Piece {
  std::string recording, words;
  replay::milliseconds pause{0};  // after it, before the turn goes on
};

struct CallerTurn {
  std::string question;  // what the agent had said
  std::vector<Piece> pieces;
};

struct Person {
  std::string name;
  std::vector<CallerTurn> turns;
};

std::vector<Person> people();
// The call of that person: the agent asks its questions, whatever is made of the answers.
replay::Scenario call_of(const Person& person);

}  // namespace centralita::bench
