// About how many tokens a model counts in a text.
#pragma once

#include <string_view>

namespace centralita {

// A quarter of a token for each ASCII character, half a one for each other letter of the alphabets
// (á, ñ, я) and a whole one from U+2E80 on (Chinese, Japanese, emoji), rounded up. No model's own
// count: that needs its vocabulary. Models of this decade count fewer in English and Spanish prose,
// and may count more in numbers, codes and names: leave a tenth of the context unused.
std::size_t estimate_tokens(std::string_view text);

}  // namespace centralita
