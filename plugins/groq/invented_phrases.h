// Phrases that Whisper writes when nobody speaks. It learned from subtitled videos, whose silent
// ends carry the subtitler's name and the film maker's thanks; silence and noise bring those back.
//
// Spanish and English, and the few credits that come whatever the language. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

enum class InventedPhrase {
  kNone,
  kCredit,  // "Subtítulos realizados por la comunidad de Amara.org": nobody says it on a telephone
  kOutro,   // "Thanks for watching": hardly anybody does
  kCourtesy,  // "Gracias.", "Thank you.", "you": Whisper's most frequent inventions, and words that
              // callers say all the time
};

// Of one sentence. Case, accents and punctuation make no difference.
InventedPhrase invented_phrase(std::string_view sentence);

// Lower case, accents off, what is no letter or digit one space; none at the ends. "¡Suscríbete!"
// -> "suscribete". Bytes that are not UTF-8 are left out.
std::string plain_words(std::string_view text);

// Nothing but what stands for a sound in subtitles: "[Música]", "(applause)", "*cough*", "♪ ♪", or
// no letter or digit at all ("...", "-").
bool is_annotation(std::string_view text);

}  // namespace centralita
