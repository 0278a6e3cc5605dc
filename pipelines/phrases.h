// What the caller's words mean while the agent speaks: listening along, or taking the turn.
//
//   PhraseRules rules({"espera", "un momento"}, {"ajá", "sí"}, 1);
//   rules.meaning_of("Ajá, sí.")        // kBackchannel
//   rules.meaning_of("Sí, espera")      // kInterruption
//
// Words are compared without case, accents and punctuation. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace centralita {

enum class Meaning {
  kNothing,       // no words at all
  kBackchannel,   // nothing but backchannel phrases, or fewer words than an interruption needs
  kInterruption,  // an interruption phrase is among them
  kWords,
};

class PhraseRules {
 public:
  // `words_to_interrupt`: with fewer words it must be an interruption phrase.
  PhraseRules(const std::vector<std::string>& interruption,
              const std::vector<std::string>& backchannel, int words_to_interrupt);

  Meaning meaning_of(std::string_view text) const;

 private:
  using Words = std::vector<std::string>;
  std::vector<Words> interruption_, backchannel_;  // longest first
  std::size_t words_to_interrupt_;
};

// Lower case, without accents, marks and punctuation; "¡Ajá, mm-hm!" -> {"aja", "mm", "hm"}.
std::vector<std::string> spoken_words(std::string_view text);

}  // namespace centralita
