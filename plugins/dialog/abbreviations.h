// Words that end with a full stop without ending the sentence.
#pragma once

#include <string_view>

namespace centralita {

// `word` is what stands before the full stop, in lower case, dots inside it included ("p.ej").
// A word that stands before a name or another word: "Sra.", "Mr.", "vs."
bool is_abbreviation(std::string_view word);
// A word that is an abbreviation only before a number: "núm. 5", "No. 5" (and "No." is an answer).
bool is_abbreviation_before_number(std::string_view word);

}  // namespace centralita
