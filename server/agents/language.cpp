#include "server/agents/language.h"

#include <glib.h>

#include <algorithm>

namespace centralita::agents {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && g_ascii_isspace(text.front())) text.remove_prefix(1);
  while (!text.empty() && g_ascii_isspace(text.back())) text.remove_suffix(1);
  return text;
}

double quality_of(std::string_view parameters) {
  const auto q = parameters.find("q=");
  if (q == std::string_view::npos)
    return 1;
  return g_ascii_strtod(std::string(parameters.substr(q + 2)).c_str(), nullptr);
}

}  // namespace

Language preferred_language(std::string_view rest) {
  double spanish = 0, english = 0;
  while (!rest.empty()) {
    const auto item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    const auto range = trimmed(item.substr(0, item.find(';')));
    const auto primary = range.substr(0, range.find('-'));
    const double quality =
        item.find(';') == std::string_view::npos ? 1 : quality_of(item.substr(item.find(';')));
    const auto is = [&](const char* name) {
      return g_ascii_strcasecmp(std::string(primary).c_str(), name) == 0;
    };
    if (is("es"))
      spanish = std::max(spanish, quality);
    else if (is("en"))
      english = std::max(english, quality);
  }
  return spanish > english ? Language::kSpanish : Language::kEnglish;
}

}  // namespace centralita::agents
