// Lookups in the small tables of a language.
#pragma once

#include "plugins/azure/normalise/number_words.h"
#include "plugins/base/ref.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::normalise {

struct Currency {
  std::string_view code;  // ISO 4217
  const char *one, *many;
  const char *cent, *cents;
  Gender gender = Gender::kMasculine;
};

struct Unit {
  std::string_view symbol;
  const char *one, *many;
  Gender gender = Gender::kMasculine;
};

template <typename Table>
const auto* find_by(const Table& table, std::string_view key, auto member) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [&](const auto& entry) { return entry.*member == key; });
  return found == std::end(table) ? nullptr : &*found;
}

// The symbols as alternatives of a pattern, the longest first.
template <typename Table>
std::string alternatives(const Table& table) {
  std::vector<std::string_view> symbols;
  for (const auto& entry : table) symbols.push_back(entry.symbol);
  std::stable_sort(symbols.begin(), symbols.end(),
                   [](auto a, auto b) { return a.size() > b.size(); });
  std::string all;
  for (const auto symbol : symbols) {
    const OwnedString quoted(
        g_regex_escape_string(symbol.data(), static_cast<gint>(symbol.size())));
    all += (all.empty() ? "" : "|") + std::string(quoted.get());
  }
  return all;
}

// A fraction of money in hundredths, when it is one: "5" is 50, "05" is 5.
inline std::optional<unsigned> hundredths(std::string_view fraction) {
  if (fraction.empty())
    return 0;
  if (fraction.size() > 2)
    return std::nullopt;
  const auto tens = static_cast<unsigned>(fraction[0] - '0');
  const auto ones = fraction.size() > 1 ? static_cast<unsigned>(fraction[1] - '0') : 0;
  return tens * 10 + ones;
}

}  // namespace centralita::normalise
