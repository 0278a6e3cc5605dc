// What an agent's settings say of certain words, the caller's and its own. Pure; any thread.
#pragma once

#include "pipelines/phrases.h"

#include <string>
#include <vector>

namespace centralita {

class WordRules {
 public:
  struct Settings {
    std::vector<std::string> not_said;  // inventions of the recogniser
    int fewest_letters = 0;             // shorter transcripts count as nothing
    std::vector<std::string> goodbyes;  // of the agent's
  };

  explicit WordRules(const Settings& settings);

  // A transcript that counts as no words at all: nothing but phrases of `not_said`, or too short.
  bool is_nothing(const std::string& text) const;
  // The agent's words hold one of `goodbyes`.
  bool is_goodbye(const std::string& text) const;

 private:
  const PhraseRules not_said_, goodbyes_;
  const std::size_t fewest_letters_;
};

}  // namespace centralita
