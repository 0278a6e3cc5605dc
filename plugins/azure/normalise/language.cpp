#include "plugins/azure/normalise/language.h"

namespace centralita::normalise {

std::unique_ptr<Language> Language::of(const Locale& locale) {
  switch (locale.tongue) {
    case Tongue::kSpanish:
      return make_spanish(locale);
    case Tongue::kEnglish:
      return make_english(locale);
    case Tongue::kNone:
      break;
  }
  return nullptr;
}

std::string Language::number(const Numeral& numeral, Counted counted) const {
  const std::string sign = numeral.negative ? std::string(words().minus) + " " : "";
  const auto value = numeral.value();
  if (!numeral.fraction.empty()) {
    const auto whole = value ? cardinal(*value, {}) : digits(numeral.whole);
    return sign + whole + " " + decimal_sign() + " " + decimals(numeral.fraction);
  }
  return sign + (value ? cardinal(*value, counted) : digits(numeral.whole));
}

std::string Language::digits(std::string_view digits) const {
  std::string words;
  for (const char c : digits)
    words += (words.empty() ? "" : " ") + cardinal(static_cast<unsigned>(c - '0'), {});
  return words;
}

}  // namespace centralita::normalise
