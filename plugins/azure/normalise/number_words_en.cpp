#include "plugins/azure/normalise/number_words.h"

namespace centralita::normalise::english {
namespace {

constexpr const char* kSmall[] = {"zero",    "one",     "two",       "three",    "four",
                                  "five",    "six",     "seven",     "eight",    "nine",
                                  "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                  "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr const char* kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                 "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr const char* kScales[] = {"", " thousand", " million", " billion", " trillion"};

std::string below_hundred(unsigned n) {
  if (n < 20)
    return kSmall[n];
  return std::string(kTens[n / 10]) + (n % 10 ? std::string("-") + kSmall[n % 10] : "");
}

std::string below_thousand(unsigned n, bool with_and) {
  if (n < 100)
    return below_hundred(n);
  const auto words = std::string(kSmall[n / 100]) + " hundred";
  return n % 100 ? words + (with_and ? " and " : " ") + below_hundred(n % 100) : words;
}

}  // namespace

std::string cardinal(std::uint64_t n, bool with_and) {
  if (n < 1000)
    return below_thousand(static_cast<unsigned>(n), with_and);
  std::string words;
  int scale = 4;
  for (std::uint64_t unit = 1'000'000'000'000; unit > 0; unit /= 1000, --scale) {
    const auto part = static_cast<unsigned>(n / unit % 1000);
    if (part == 0)
      continue;
    // "two thousand and five"
    const bool joined = with_and && unit == 1 && part < 100;
    words += (words.empty() ? ""
              : joined      ? " and "
                            : " ") +
             below_thousand(part, with_and) + kScales[scale];
  }
  return words;
}

std::string ordinal(std::uint64_t n, bool with_and) {
  struct Irregular {
    const char* cardinal;
    const char* ordinal;
  };
  constexpr Irregular kIrregular[] = {{"one", "first"},     {"two", "second"},   {"three", "third"},
                                      {"five", "fifth"},    {"eight", "eighth"}, {"nine", "ninth"},
                                      {"twelve", "twelfth"}};
  auto words = cardinal(n, with_and);
  const auto last = words.find_last_of(" -") + 1;  // npos + 1 is 0
  for (const auto& [one, ordinal] : kIrregular)
    if (words.substr(last) == one)
      return words.replace(last, std::string::npos, ordinal);
  if (words.ends_with("y")) {
    words.pop_back();
    return words + "ieth";
  }
  return words + "th";
}

std::string year(std::uint64_t n, bool with_and) {
  const auto high = static_cast<unsigned>(n / 100), low = static_cast<unsigned>(n % 100);
  if (n < 1100 || n > 9999 || (low < 10 && high % 10 == 0))
    return cardinal(n, with_and);
  const auto century = below_hundred(high);
  if (low == 0)
    return century + " hundred";
  return century + (low < 10 ? " oh " : " ") + below_hundred(low);
}

}  // namespace centralita::normalise::english
