// Reading UTF-8 that may be cut anywhere, for the text filters of this folder.
#pragma once

#include <glib.h>

#include <string>
#include <string_view>

namespace centralita {

struct CodePoint {
  gunichar value = 0;
  std::size_t size = 0;  // bytes; 0: the text ends inside this character
};

// The first character of `text`, which must not be empty. A byte that is no UTF-8 is U+FFFD, one
// long.
inline CodePoint code_point_at(std::string_view text) {
  const auto value = g_utf8_get_char_validated(text.data(), static_cast<gssize>(text.size()));
  if (value == static_cast<gunichar>(-2))
    return {};
  if (value == static_cast<gunichar>(-1))
    return {0xFFFD, 1};
  return {value, static_cast<std::size_t>(g_utf8_skip[static_cast<unsigned char>(text.front())])};
}

inline constexpr std::string_view kBlank = " \t\r\n";

inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

inline bool is_blank(char c) { return kBlank.find(c) != std::string_view::npos; }

inline std::string ascii_lower(std::string_view text) {
  std::string low(text);
  for (auto& c : low) c = g_ascii_tolower(c);
  return low;
}

// Whether there is a letter or a digit: something that a voice can say.
inline bool speakable(std::string_view text) {
  while (!text.empty()) {
    const auto c = code_point_at(text);
    if (c.size == 0)
      return false;
    if (g_unichar_isalnum(c.value))
      return true;
    text.remove_prefix(c.size);
  }
  return false;
}

}  // namespace centralita
