// What a text says, in words that leave a synthesizer nothing to guess: "$1,250.50" is "mil
// doscientos cincuenta pesos con cincuenta centavos" in Mexico, "24/11/2026" a date, "55 1234 5678"
// a telephone number in the groups it is dictated in. Spanish and English, by region (decimal sign,
// order of dates, currency of "$"); a text in another language stays as it is.
//
// What no rule knows stays byte for byte: codes ("A-10"), versions ("1.2.3"), ordinary words. The
// output has nothing left that a rule would change, so that saying it twice is harmless.
#pragma once

#include "plugins/azure/normalise/rules.h"

namespace centralita {

class Normaliser {
 public:
  // The rules of a language; built once a process and tag, and shared. Any thread.
  static std::shared_ptr<const Normaliser> of(std::string_view language_tag);

  // `text` may be any bytes; what is not UTF-8 becomes U+FFFD. Some ten microseconds a sentence.
  std::string operator()(std::string_view text) const;

 private:
  explicit Normaliser(std::string_view language_tag);

  normalise::Tools tools_;
  std::vector<std::unique_ptr<normalise::Rules>> rules_;  // in order: the first that fits has it
};

}  // namespace centralita
