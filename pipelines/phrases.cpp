#include "pipelines/phrases.h"

#include "plugins/base/ref.h"

#include <glib.h>

#include <algorithm>

namespace centralita {
namespace {

using Words = std::vector<std::string>;

bool found_at(const Words& words, std::size_t at, const Words& phrase) {
  return at + phrase.size() <= words.size() &&
         std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(at));
}

std::vector<Words> plain_phrases(const std::vector<std::string>& phrases) {
  std::vector<Words> plain;
  for (const auto& phrase : phrases)
    if (auto words = spoken_words(phrase); !words.empty())
      plain.push_back(std::move(words));
  std::stable_sort(plain.begin(), plain.end(),
                   [](const Words& a, const Words& b) { return a.size() > b.size(); });
  return plain;
}

// Whether the words are a row of these phrases. The longest that fits is taken each time, which is
// right for phrases that do not begin alike.
bool made_of(const Words& words, const std::vector<Words>& phrases) {
  for (std::size_t at = 0; at < words.size();) {
    const auto fits = std::find_if(phrases.begin(), phrases.end(), [&](const Words& phrase) {
      return found_at(words, at, phrase);
    });
    if (fits == phrases.end())
      return false;
    at += fits->size();
  }
  return true;
}

}  // namespace

std::vector<std::string> spoken_words(std::string_view text) {
  const OwnedString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  const OwnedString apart(g_utf8_normalize(valid.get(), -1, G_NORMALIZE_ALL));
  std::vector<std::string> words(1);
  for (const char* at = apart.get(); *at; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (g_unichar_ismark(c) || c == '\'')
      continue;
    if (!g_unichar_isalnum(c)) {
      if (!words.back().empty())
        words.emplace_back();
      continue;
    }
    char bytes[6];
    const int size = g_unichar_to_utf8(g_unichar_tolower(c), bytes);
    words.back().append(bytes, static_cast<std::size_t>(size));
  }
  if (words.back().empty())
    words.pop_back();
  return words;
}

PhraseRules::PhraseRules(const std::vector<std::string>& interruption,
                         const std::vector<std::string>& backchannel, int words_to_interrupt)
    : interruption_(plain_phrases(interruption)),
      backchannel_(plain_phrases(backchannel)),
      words_to_interrupt_(static_cast<std::size_t>(std::max(words_to_interrupt, 0))) {}

Meaning PhraseRules::meaning_of(std::string_view text) const {
  const auto words = spoken_words(text);
  if (words.empty())
    return Meaning::kNothing;
  for (std::size_t at = 0; at < words.size(); ++at)
    for (const auto& phrase : interruption_)
      if (found_at(words, at, phrase))
        return Meaning::kInterruption;
  if (words.size() < words_to_interrupt_ || made_of(words, backchannel_))
    return Meaning::kBackchannel;
  return Meaning::kWords;
}

}  // namespace centralita
