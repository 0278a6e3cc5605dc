// The rules, each family in a file of its own. They are built once for a locale, and keep nothing
// between texts: any thread may use them, several at a time.
#pragma once

#include "plugins/azure/normalise/language.h"
#include "plugins/azure/normalise/patterns.h"

namespace centralita::normalise {

// What every rule knows. Outlives the rules.
struct Tools {
  Locale locale;
  std::unique_ptr<Language> language;
};

class Rules {
 public:
  virtual ~Rules() = default;
  virtual void apply(Claims& claims) const = 0;
};

std::unique_ptr<Rules> address_rules(const Tools& tools);    // e-mail, web
std::unique_ptr<Rules> telephone_rules(const Tools& tools);  // telephone numbers, long codes
std::unique_ptr<Rules> calendar_rules(const Tools& tools);   // dates, times
std::unique_ptr<Rules> money_rules(const Tools& tools);      // amounts of money
std::unique_ptr<Rules> number_rules(const Tools& tools);     // units, percent, ordinals, the rest
std::unique_ptr<Rules> abbreviation_rules(const Tools& tools);  // Sr., Dra., etc.

// Before a number: no letter, digit or part of a code.
inline constexpr char kNumberBegins[] = R"((?<![\p{L}\d_])(?<![\p{L}\d][.,:/_])(?<!\p{L}[-–]))";
// After it.
inline constexpr char kNumberEnds[] = R"((?![\p{L}\d_])(?![.,:/]\d))";

}  // namespace centralita::normalise
