// The phrases that the sandbox's recogniser understands in one language: what a caller of a
// business may say. The lists are the files phrases_es.txt and phrases_en.txt, whose first lines
// describe their form; they are compiled into the program.
//
// Immutable once parsed, and then usable from any thread.
#pragma once

#include "plugins/base/result.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace centralita::sandbox {

struct Word {
  std::string written;  // as shown: "¿A", "A.M."
  std::string spoken;   // as the dictionary has it: "a", "a.m."
};

// The spoken form of a written word: lower case, without the punctuation around it. Empty for a
// word of punctuation only.
std::string spoken_form(std::string_view written);
// A text as a sequence of spoken forms, separated by single spaces; what accuracy is measured on.
std::string normalised(std::string_view text);

struct WordClass {
  std::vector<std::vector<Word>> alternatives;
};

struct ClassUse {
  std::string name;
  bool repeated = false;  // one to ten of the class in a row
  std::string before;     // the punctuation written around it
  std::string after;
};

using PhraseElement = std::variant<Word, ClassUse>;
using Phrase = std::vector<PhraseElement>;

class PhraseList {
 public:
  // Errors name the line.
  static Result<PhraseList> parse(std::string_view text);
  // The compiled-in list; `language` is "es" or "en".
  static const PhraseList& of(std::string_view language);

  const std::vector<Phrase>& phrases() const { return phrases_; }
  const std::map<std::string, WordClass>& classes() const { return classes_; }
  std::vector<std::string> vocabulary() const;  // spoken forms, each once, sorted

  // One example a line of the list, optional words included, classes filled in.
  const std::vector<std::string>& examples() const { return examples_; }

  // The recognised words as they are written in the list, phrase by phrase. Words that are no
  // sequence of phrases of this list come back as they are.
  std::string written(std::span<const std::string> spoken) const;

 private:
  std::vector<Phrase> phrases_;  // `[optional]` words already resolved
  std::map<std::string, WordClass> classes_;
  std::vector<std::string> examples_;
};

}  // namespace centralita::sandbox
