// A number as it is written: "1,250.50", "1.250,50", "-3".
#pragma once

#include "plugins/azure/normalise/locale.h"

#include <cstdint>
#include <optional>

namespace centralita::normalise {

struct Numeral {
  bool negative = false;
  std::string whole;     // digits, without grouping
  std::string fraction;  // digits; empty: none was written

  // Of the whole part, when it can be said as a number and not only digit by digit.
  std::optional<std::uint64_t> value() const;
  bool is_one() const { return whole == "1" && fraction.empty(); }
};

// What matches one, without sign. No groups of its own: it may be used several times in a pattern.
std::string numeral_pattern(const Locale& locale);

// `written` is what numeral_pattern() matched. The locale decides where both readings are possible:
// "1.250" is 1250 in Madrid and a decimal fraction in Mexico.
Numeral parse_numeral(std::string_view written, const Locale& locale);

}  // namespace centralita::normalise
