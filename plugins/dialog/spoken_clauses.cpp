#include "plugins/dialog/spoken_clauses.h"

#include "plugins/dialog/clause_splitter.h"
#include "plugins/dialog/speech_text.h"
#include "plugins/dialog/utf8.h"

namespace centralita {

std::vector<std::string> spoken_clauses(const std::string& text) {
  SpeechText speech;
  ClauseSplitter splitter;
  std::vector<std::string> clauses;
  const auto add = [&clauses](const std::vector<std::string>& more) {
    for (const auto& clause : more)
      if (const std::string words(trimmed(clause)); speakable(words))
        clauses.push_back(words);
  };
  add(splitter.push(speech.push(text)));
  add(splitter.push(speech.finish()));
  add(splitter.finish());
  return clauses;
}

}  // namespace centralita
