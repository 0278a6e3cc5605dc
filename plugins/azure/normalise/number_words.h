// Numbers as words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace centralita::normalise {

// From here on a number is read digit by digit.
inline constexpr std::uint64_t kMostSayable = 1'000'000'000'000'000;

enum class Gender { kMasculine, kFeminine };

namespace spanish {

// n < kMostSayable. Before a noun "uno" loses its end: "veintiún pesos". Billions are Spanish ones:
// 10^9 is "mil millones", 10^12 "un billón".
std::string cardinal(std::uint64_t n, Gender gender = Gender::kMasculine, bool before_noun = false);
// 1 - 999, else the cardinal. Before a masculine noun: "primer", "tercer".
std::string ordinal(std::uint64_t n, Gender gender = Gender::kMasculine, bool before_noun = false);

}  // namespace spanish

namespace english {

// n < kMostSayable. `with_and`: "one hundred and one", as in Britain.
std::string cardinal(std::uint64_t n, bool with_and);
std::string ordinal(std::uint64_t n, bool with_and);
// "twenty twenty-six", "nineteen oh five", "two thousand five".
std::string year(std::uint64_t n, bool with_and);

}  // namespace english

}  // namespace centralita::normalise
