// Words that end with a full stop without ending the sentence, in Spanish and English.
#pragma once

#include <string_view>

namespace centralita {

enum class Abbreviation {
  kNone,
  kGoesOn,        // "Sra.", "Mr.", "vs.": something always follows
  kMayEnd,        // "Ud.", "St.", "tel.": what follows tells
  kBeforeNumber,  // "núm. 5", "No. 5"; before anything else it is a word ("No. Gracias.")
};

// `word` is what stands before the full stop, in lower case, dots inside it included ("p.ej").
Abbreviation abbreviation(std::string_view word);

// Whether `word`, in lower case, is one that begins sentences and no names: "He", "Le", "The".
bool begins_sentences(std::string_view word);

}  // namespace centralita
