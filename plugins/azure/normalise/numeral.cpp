#include "plugins/azure/normalise/numeral.h"

#include "plugins/azure/normalise/number_words.h"

#include <algorithm>

namespace centralita::normalise {

std::optional<std::uint64_t> Numeral::value() const {
  if (whole.size() > 15 || whole.empty())
    return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : whole) value = value * 10 + static_cast<unsigned>(c - '0');
  return value < kMostSayable ? std::optional(value) : std::nullopt;
}

std::string numeral_pattern(const Locale& locale) {
  // Blanks that do not break group everywhere; the ordinary one only where it cannot be two
  // numbers: in Spanish, two groups or more.
  const std::string grouped = R"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?)"
                              R"(|\d{1,3}(?:[\x{A0}\x{202F}\x{2009}]\d{3})+(?:[.,]\d+)?)";
  const std::string spaced =
      locale.tongue == Tongue::kSpanish ? R"(|\d{1,3}(?: \d{3}){2,}(?:[.,]\d+)?)" : "";
  return "(?:" + grouped + spaced + R"(|\d+(?:[.,]\d+)?))";
}

Numeral parse_numeral(std::string_view written, const Locale& locale) {
  const auto last = written.find_last_of(".,");
  bool is_decimal = last != std::string_view::npos;
  if (is_decimal) {
    const char separator = written[last];
    const auto count = std::count(written.begin(), written.end(), separator);
    const bool both = written.find(separator == '.' ? ',' : '.') != std::string_view::npos;
    const bool looks_grouped =
        written.size() - last - 1 == 3 && last <= 3 && !written.starts_with('0');
    if (count > 1)
      is_decimal = false;
    else if (!both && separator != locale.decimal && looks_grouped)
      is_decimal = false;
  }
  const auto digits = [](std::string_view text) {
    std::string only;
    std::copy_if(text.begin(), text.end(), std::back_inserter(only),
                 [](char c) { return c >= '0' && c <= '9'; });
    return only;
  };
  if (!is_decimal)
    return {.whole = digits(written)};
  return {.whole = digits(written.substr(0, last)), .fraction = digits(written.substr(last + 1))};
}

}  // namespace centralita::normalise
