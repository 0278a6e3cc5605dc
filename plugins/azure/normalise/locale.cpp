#include "plugins/azure/normalise/locale.h"

#include <glib.h>

#include <algorithm>
#include <array>

namespace centralita::normalise {
namespace {

// Spanish, with a decimal comma (CLDR 42). Elsewhere in the Americas it is a point.
constexpr std::array<std::string_view, 12> kComma = {"ES", "AR", "BO", "CL", "CO", "CR",
                                                     "CU", "EC", "GQ", "PY", "UY", "VE"};
constexpr std::array<std::string_view, 4> kMonthFirst = {"US", "PR", "PH", "PA"};

template <typename Set>
bool contains(const Set& set, std::string_view word) {
  return std::find(set.begin(), set.end(), word) != set.end();
}

}  // namespace

Locale Locale::of(std::string_view tag) {
  std::string language(tag.substr(0, tag.find_first_of("-_")));
  std::transform(language.begin(), language.end(), language.begin(), g_ascii_tolower);
  Locale locale;
  if (language == "es")
    locale.tongue = Tongue::kSpanish;
  else if (language == "en")
    locale.tongue = Tongue::kEnglish;
  else
    return locale;

  const auto hyphen = tag.find_last_of("-_");
  if (hyphen != std::string_view::npos)
    locale.region = tag.substr(hyphen + 1);
  std::transform(locale.region.begin(), locale.region.end(), locale.region.begin(),
                 g_ascii_toupper);
  if (locale.region == "419")
    locale.region = "MX";
  if (locale.region.size() != 2)  // none, or a script
    locale.region = locale.tongue == Tongue::kSpanish ? "ES" : "US";

  if (locale.tongue == Tongue::kSpanish) {
    locale.decimal = contains(kComma, locale.region) ? ',' : '.';
    locale.american = locale.region != "ES" && locale.region != "GQ";
  } else {
    locale.month_first = contains(kMonthFirst, locale.region);
    locale.american = locale.region == "US" || locale.region == "CA" || locale.region == "PH";
  }
  return locale;
}

}  // namespace centralita::normalise
