// What is said to people is said in Spanish and in English.
#pragma once

#include <string>
#include <string_view>

namespace centralita::agents {

enum class Language { kSpanish, kEnglish };

// The one of ours that an Accept-Language header (RFC 9110, 12.5.4) likes best; English when it
// names neither, as the rest of the API speaks it.
Language preferred_language(std::string_view accept_language);

// The same words twice.
struct Words {
  std::string es, en;
  const std::string& in(Language language) const {
    return language == Language::kSpanish ? es : en;
  }
};

}  // namespace centralita::agents
