// What the agent has just asked for, as far as it matters for how long to wait: people dictate a
// number with pauses in which nothing is over, and answer a yes-or-no question with one word.
//
//   expected_after("¿Me da su número de teléfono?")      // kDigits
//   expected_after("¿Le viene bien el martes?")          // kYesNo
//   expectation_named("digits 10")                       // the model's own word for it
//
// Read off the last question (or request: "dígame", "tell me") by its words, in Spanish and
// English; a table in expectation.cpp that anybody can read. Where the model says it itself, with
// the mark <expect digits 10> in its reply (see llmdialog), its word stands.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace centralita {

struct Expectation {
  enum class Kind {
    kAnything,
    kYesNo,
    kDigits,  // a telephone, a code, a card
    kEmail,
    kName,  // a name or an address, perhaps spelled
  };
  Kind kind = Kind::kAnything;
  int digits = 0;  // kDigits: how many make it complete; 0: not known

  bool dictated() const { return kind >= Kind::kDigits; }
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

const char* name_of(Expectation::Kind kind);  // "anything", "yes-no", "digits", "email", "name"

// Of what the agent said last, the heard part of it.
Expectation expected_after(std::string_view agent_text);
// "digits 10", "yes-no", "email", "name", "anything"; nothing: it is none of these.
std::optional<Expectation> expectation_named(std::string_view text);

// Whether what the caller has said so far is all, judged by its words.
enum class Completeness {
  kUnknown,
  kComplete,  // "Sí." to a yes-or-no question, the tenth of ten digits, an address with its ".com"
  kIncomplete,  // "Quiero una cita para el", six digits of ten, an e-mail without its end
};
Completeness completeness_of(std::string_view so_far, const Expectation& expected);

// Digits in it, spoken or written: "cinco cinco, 12 treinta y uno" has six.
int digits_in(std::string_view text);

}  // namespace centralita
