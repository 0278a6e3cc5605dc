// Variables of the environment as the settings read them: an empty value counts as none.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace centralita::environment {

inline std::string text(const char* name, std::string fallback = "") {
  const char* value = std::getenv(name);
  return value && *value ? value : std::move(fallback);
}

// Items with commas, blanks or both between them.
inline std::vector<std::string> list(const char* name) {
  std::vector<std::string> items;
  const auto value = text(name);
  for (std::size_t at = 0; at < value.size();) {
    const auto end = std::min(value.find_first_of(", ", at), value.size());
    if (end > at)
      items.push_back(value.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

}  // namespace centralita::environment
