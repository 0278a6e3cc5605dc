// How numbers, dates and money are written and said where a language tag points to.
#pragma once

#include <string>
#include <string_view>

namespace centralita::normalise {

enum class Tongue { kNone, kSpanish, kEnglish };

struct Locale {
  Tongue tongue = Tongue::kNone;
  std::string region;        // ISO 3166, "MX"; "419" counts as MX, no region as ES or US
  char decimal = '.';        // what stands before a fraction; the other of '.' and ',' groups
  bool month_first = false;  // 11/24/2026
  bool american = false;     // Spanish: as in the Americas and not in Spain; English: no "and"

  // From BCP 47: "es-MX", "en", "en-GB". Other languages have no tongue: nothing is normalised.
  static Locale of(std::string_view tag);
};

}  // namespace centralita::normalise
