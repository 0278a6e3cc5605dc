#include "plugins/groq/whisper_prompt.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <set>

namespace centralita {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string folded(std::string_view text) {
  const OwnedString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  return OwnedString(g_utf8_casefold(valid.get(), -1)).get();
}

}  // namespace

int estimated_tokens(std::string_view text) {
  constexpr int kLettersAToken = 3;
  int tokens = 0, letters = 0;
  const auto end_word = [&] {
    tokens += (std::exchange(letters, 0) + kLettersAToken - 1) / kLettersAToken;
  };
  for (const char c : text) {
    if (g_ascii_isalpha(c)) {
      ++letters;
      continue;
    }
    end_word();
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;  // of a character
    if (!continues && !g_ascii_isspace(c))
      ++tokens;
  }
  end_word();
  return tokens;
}

WhisperPrompt whisper_prompt(std::string_view prompt, const std::vector<std::string>& keywords) {
  WhisperPrompt result;
  auto rest = trimmed(prompt);
  while (estimated_tokens(rest) > kWhisperPromptTokens) {
    result.shortened = true;
    const auto space = rest.find_first_of(kSpace);
    rest = space == std::string_view::npos ? std::string_view() : trimmed(rest.substr(space));
  }

  std::string list;
  std::set<std::string> seen;
  int room = kWhisperPromptTokens - estimated_tokens(rest) - 1;  // the full stop
  for (const auto& keyword : keywords) {
    const auto word = trimmed(keyword);
    if (word.empty() || !seen.insert(folded(word)).second)
      continue;
    const int cost = estimated_tokens(word) + (list.empty() ? 0 : 1);
    if (cost > room) {
      result.left_out.emplace_back(word);
      continue;
    }
    room -= cost;
    list.append(list.empty() ? "" : ", ").append(word);
  }
  if (!list.empty())
    result.text = list + (rest.empty() ? "." : ". ");
  result.text += rest;
  return result;
}

}  // namespace centralita
