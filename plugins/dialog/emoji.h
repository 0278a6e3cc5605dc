// Which characters are pictures, or parts of the sequences that make one.
#pragma once

#include <glib.h>

namespace centralita {

// True for every character with the Unicode property Emoji (version 16) but the digits, "#" and
// "*", and for what joins and varies them: variation selectors, zero width joiner, keycap, tags.
// Also for the arrows, signs and dingbats of the same blocks, which no voice can say either.
bool is_emoji(gunichar c);

}  // namespace centralita
