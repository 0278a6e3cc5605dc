// Spanish spelling to the phones of an English acoustic model: the nearest English sound for each
// Spanish one, so that pocketsphinx's English model can be used with a Spanish dictionary.
//
// American pronunciation (seseo, yeismo). Numbers and abbreviations must be written out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace centralita::sandbox {

// The pronunciations of one word, the likeliest first: phones of CMUdict without stress, separated
// by spaces ("gracias" -> "G R AA S Y AA S"). Empty for a word without a letter.
std::vector<std::string> spanish_pronunciations(std::string_view word);

}  // namespace centralita::sandbox
