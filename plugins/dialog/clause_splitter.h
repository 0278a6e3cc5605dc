// Cuts a text that comes token by token into clauses, each of which can be spoken on its own while
// the rest is still being written.
//
//   ClauseSplitter splitter;
//   for (const std::string& clause : splitter.push(token)) speak(clause);
//   for (const std::string& clause : splitter.finish()) speak(clause);
//
// A clause ends with a sentence or a line, or at a comma, semicolon or colon once it has enough
// words; the first one needs fewer, so that the voice starts early. Nothing is cut inside numbers,
// times, abbreviations and initials (Spanish and English), addresses, ellipses, list markers
// ("1."), and between ¿ and ?, ¡ and !, quotes or parentheses. A clause that grows beyond
// `max_bytes` is cut at the best place it has, which also ends a pair that was never closed.
//
// The clauses, put together, are the text, byte for byte; white space between two of them begins
// the second. Where the cuts fall does not depend on how the text was cut into tokens: a decision
// waits for the characters it needs (after a full stop, the first of the
// next word; after one that may also belong to an abbreviation, as in "U.S.", that whole word).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

class ClauseSplitter {
 public:
  struct Settings {
    int first_words = 3;  // of the first clause, before a comma may end it
    int next_words = 7;   // of the others
    std::size_t max_bytes = 400;
  };

  ClauseSplitter() : ClauseSplitter(Settings()) {}
  explicit ClauseSplitter(Settings settings) : settings_(settings) {}

  std::vector<std::string> push(std::string_view text);
  // What is left. The splitter is as new afterwards.
  std::vector<std::string> finish();

 private:
  std::vector<std::string> take_clauses(bool final);

  Settings settings_;
  std::string pending_;
  bool first_ = true;
};

}  // namespace centralita
