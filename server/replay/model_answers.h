// Which of a scenario's answers the model gives.
#pragma once

#include "server/replay/scenario.h"

#include <set>
#include <string>

namespace centralita::replay {

class ModelAnswers {
 public:
  explicit ModelAnswers(const Scenario& scenario);  // which outlives it

  // Null: the script has none left.
  const ModelAnswer* to(const std::string& last_message);

 private:
  const ModelAnswer* recorded(const std::string& last_message);

  const Scenario& scenario_;
  std::size_t next_answer_ = 0;
  std::set<const ModelAnswer*> given_;  // of the recorded ones
  ModelAnswer otherwise_;
};

}  // namespace centralita::replay
