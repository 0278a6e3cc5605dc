// Builds the SSML document of one synthesis, as Azure reads it.
#pragma once

#include "plugins/azure/dictionary.h"

#include <span>
#include <string>
#include <string_view>

namespace centralita {

struct Voice {
  std::string name = "es-MX-DaliaNeural";  // Azure's ShortName
  std::string language = "es-MX";          // BCP 47
  double rate = 1.0;                       // factor, 0.5-2
  int pitch = 0;                           // semitones, -12..12
  int volume = 100;                        // 0-100
  std::string style;                       // "cheerful", ...; empty: the voice's own
  double style_degree = 1.0;               // 0.01-2
};

// Any bytes may be given as text or in the voice's strings: markup is escaped, what is not UTF-8
// becomes U+FFFD, and characters that XML 1.0 does not allow are left out (Azure refuses the whole
// document for one of them). What is as Azure would do it anyway is not said. The voice starts
// without the silence that it usually leads in with.
std::string ssml(const Voice& voice, std::span<const SpokenPiece> pieces);
std::string ssml(const Voice& voice, std::string_view text);

// For element content and for attribute values.
std::string xml_escaped(std::string_view text);

// Its characters without those that are not UTF-8 (U+FFFD) and without NUL.
std::string valid_text(std::string_view text);

// Whether there is anything in it to say: more than spaces and punctuation.
bool speakable(std::string_view text);

}  // namespace centralita
