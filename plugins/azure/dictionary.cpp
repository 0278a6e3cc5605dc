#include "plugins/azure/dictionary.h"

#include "plugins/azure/normalise/patterns.h"
#include "plugins/base/json.h"

#include <algorithm>

namespace centralita {
namespace {

using normalise::lower_case;

// What PCRE compiles without asking for more memory than a pronunciation is worth.
constexpr std::size_t kMostWords = 2000, kLongestWord = 100;

std::string quoted(const std::string& word) {
  const OwnedString quoted(g_regex_escape_string(word.data(), static_cast<gint>(word.size())));
  return quoted.get();
}

}  // namespace

Result<std::shared_ptr<const Dictionary>> Dictionary::parse(std::string_view text) {
  auto dictionary = std::make_shared<Dictionary>();
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return std::shared_ptr<const Dictionary>(std::move(dictionary));
  const auto document = json::parse(text);
  if (!document)
    return Unexpected("it is not JSON: " + document.error());
  if (!document->is_object())
    return Unexpected(std::string("it is not an object of words and pronunciations"));
  const auto object = document->object();
  for (const auto& word : object.names()) {
    if (word.find_first_not_of(' ') == std::string::npos || word.size() > kLongestWord)
      return Unexpected("the word \"" + word + "\" is empty or longer than 100 bytes");
    Entry entry;
    if (const auto value = object.string(word.c_str())) {
      const bool sound = value->size() > 2 && value->starts_with('/') && value->ends_with('/');
      (sound ? entry.ipa : entry.alias) = sound ? value->substr(1, value->size() - 2) : *value;
    } else if (const auto fields = object.object(word.c_str())) {
      entry = {.alias = fields->string("alias").value_or(""),
               .ipa = fields->string("ipa").value_or("")};
    }
    if (entry.alias.empty() == entry.ipa.empty())
      return Unexpected("\"" + word +
                        "\" needs one pronunciation: an alias (\"...\"), IPA (\"/.../\"), or an "
                        "object with alias or ipa");
    dictionary->entries_[lower_case(word)] = std::move(entry);
  }
  if (dictionary->entries_.size() > kMostWords)
    return Unexpected(std::string("it has more than 2000 words"));
  if (dictionary->entries_.empty())
    return std::shared_ptr<const Dictionary>(std::move(dictionary));

  std::vector<std::string> words;
  for (const auto& [word, entry] : dictionary->entries_) words.push_back(word);
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::string any;
  for (const auto& word : words) any += (any.empty() ? "" : "|") + quoted(word);
  GError* error = nullptr;
  dictionary->words_ = Ref<GRegex>::adopt(
      g_regex_new((R"((?<![\p{L}\p{N}_])(?:)" + any + R"()(?![\p{L}\p{N}_]))").c_str(),
                  static_cast<GRegexCompileFlags>(G_REGEX_OPTIMIZE | G_REGEX_CASELESS),
                  static_cast<GRegexMatchFlags>(0), &error));
  const OwnedError owned(error);
  if (!dictionary->words_)
    return Unexpected("it is too large: " + std::string(owned->message));
  return std::shared_ptr<const Dictionary>(std::move(dictionary));
}

std::vector<SpokenPiece> Dictionary::split(std::string_view text) const {
  std::vector<SpokenPiece> pieces;
  std::size_t at = 0;
  const auto plain = [&](std::size_t end) {
    if (end > at)
      pieces.push_back({.text = std::string(text.substr(at, end - at))});
    at = end;
  };
  if (words_) {
    GMatchInfo* info = nullptr;
    g_regex_match_full(words_.get(), text.data(), static_cast<gssize>(text.size()), 0,
                       static_cast<GRegexMatchFlags>(0), &info, nullptr);
    const OwnedMatch owned(info);
    for (; g_match_info_matches(info); g_match_info_next(info, nullptr)) {
      int begin = 0, end = 0;
      g_match_info_fetch_pos(info, 0, &begin, &end);
      const auto word =
          text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
      // What folds to the same letters in another way ("ſ") is no entry's word.
      const auto entry = entries_.find(lower_case(word));
      if (entry == entries_.end())
        continue;
      plain(static_cast<std::size_t>(begin));
      pieces.push_back({std::string(word), entry->second.alias, entry->second.ipa});
      at = static_cast<std::size_t>(end);
    }
  }
  plain(text.size());
  return pieces;
}

}  // namespace centralita
