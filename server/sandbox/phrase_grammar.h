// The finite-state grammar of a phrase list, for pocketsphinx.
#pragma once

#include "server/sandbox/phrases.h"

#include <pocketsphinx.h>

namespace centralita::sandbox {

// One phrase or several in a row. The caller frees it with fsg_model_free(); ps_set_fsg() retains
// its own.
fsg_model_t* make_phrase_grammar(const PhraseList& list, logmath_t* logmath, float language_weight);

}  // namespace centralita::sandbox
