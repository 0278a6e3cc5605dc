#include "server/sandbox/phrases.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <optional>
#include <set>

namespace centralita::sandbox {

extern const char kPhrasesEs[];
extern const char kPhrasesEn[];

namespace {

constexpr int kMaxRepeats = 16;

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto begin = text.find_first_not_of(" \t\r\n", at);
    if (begin == std::string_view::npos)
      break;
    at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    words.emplace_back(text.substr(begin, at - begin));
  }
  return words;
}

// The text of a line with its `[optional]` parts present or left out, every combination.
std::vector<std::string> without_options(const std::string& line) {
  const auto open = line.find('[');
  const auto close = line.find(']', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos)
    return {line};
  std::vector<std::string> all;
  const auto inside = line.substr(open + 1, close - open - 1);
  for (const auto& rest : without_options(line.substr(close + 1))) {
    all.push_back(line.substr(0, open) + inside + rest);
    auto before = line.substr(0, open);
    // "please [now]." without "now" ends as "please."
    while (!before.empty() && before.back() == ' ' && (rest.empty() || rest.front() != ' '))
      before.pop_back();
    all.push_back(before + rest);
  }
  return all;
}

void append_word(std::string& text, std::string_view word) {
  if (!text.empty())
    text += ' ';
  text += word;
}

std::string first_letter_upper(const std::string& text) {
  // The letter may follow an opening mark: "¿quién".
  const char* at = text.c_str();
  while (*at && !g_unichar_isalpha(g_utf8_get_char(at))) at = g_utf8_next_char(at);
  if (!*at)
    return text;
  char upper[7] = {};
  upper[g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(at)), upper)] = 0;
  return std::string(text.c_str(), at) + upper + g_utf8_next_char(at);
}

// "A.M." at the end of a sentence needs no second full stop.
std::string with_mark(const std::string& text, const std::string& mark) {
  return text.ends_with('.') && mark == "." ? text : text + mark;
}

// Finds the way in which recognised words are the fewest phrases of the list.
class Reader {
 public:
  Reader(const PhraseList& list, std::span<const std::string> spoken)
      : list_(list), spoken_(spoken), known_(spoken.size() + 1) {}

  std::optional<std::string> read() {
    const auto reading = from(0);
    return reading ? std::optional(reading->text) : std::nullopt;
  }

 private:
  struct Reading {
    int phrases = 0;
    std::string text;
  };
  using Best = std::optional<Reading>;

  static void keep_better(Best& best, Best other) {
    if (other && (!best || other->phrases < best->phrases))
      best = std::move(other);
  }

  // The best reading of the words from `at` on, begun with a new phrase.
  Best from(std::size_t at) {
    if (at == spoken_.size())
      return Reading{};
    if (!known_[at]) {
      known_[at].emplace();
      Best best;
      for (const auto& phrase : list_.phrases()) keep_better(best, element(phrase, 0, at, {}));
      *known_[at] = std::move(best);
    }
    return *known_[at];
  }

  Best element(const Phrase& phrase, std::size_t index, std::size_t at, std::string text) {
    if (index == phrase.size()) {
      auto rest = from(at);
      if (!rest)
        return std::nullopt;
      if (!rest->text.empty())
        append_word(text, first_letter_upper(rest->text));
      return Reading{rest->phrases + 1, std::move(text)};
    }
    if (const auto* word = std::get_if<Word>(&phrase[index])) {
      if (at == spoken_.size() || spoken_[at] != word->spoken)
        return std::nullopt;
      append_word(text, word->written);
      return element(phrase, index + 1, at + 1, std::move(text));
    }
    const auto& use = std::get<ClassUse>(phrase[index]);
    return members(phrase, index, at, text, use.before, use.repeated ? kMaxRepeats : 1);
  }

  Best members(const Phrase& phrase, std::size_t index, std::size_t at, const std::string& text,
               const std::string& before, int left) {
    const auto& use = std::get<ClassUse>(phrase[index]);
    Best best;
    for (const auto& alternative : list_.classes().at(use.name).alternatives) {
      if (at + alternative.size() > spoken_.size())
        continue;
      auto longer = text;
      bool same = true;
      for (std::size_t i = 0; same && i < alternative.size(); ++i) {
        same = spoken_[at + i] == alternative[i].spoken;
        append_word(longer, (i == 0 ? before : std::string()) + alternative[i].written);
      }
      if (!same)
        continue;
      const auto next = at + alternative.size();
      if (left > 1)
        keep_better(best, members(phrase, index, next, longer, {}, left - 1));
      keep_better(best, element(phrase, index + 1, next, with_mark(longer, use.after)));
    }
    return best;
  }

  const PhraseList& list_;
  std::span<const std::string> spoken_;
  std::vector<std::optional<Best>> known_;
};

}  // namespace

std::string spoken_form(std::string_view written) {
  const OwnedString lower(g_utf8_strdown(written.data(), static_cast<gssize>(written.size())));
  const char* begin = lower.get();
  while (*begin && !g_unichar_isalnum(g_utf8_get_char(begin))) begin = g_utf8_next_char(begin);
  const char* end = begin;
  for (const char* at = begin; *at; at = g_utf8_next_char(at)) {
    if (g_unichar_isalnum(g_utf8_get_char(at)))
      end = g_utf8_next_char(at);
  }
  std::string spoken(begin, end);
  if (spoken.find('.') != std::string::npos)  // an abbreviation: "a.m."
    spoken += '.';
  return spoken;
}

std::string normalised(std::string_view text) {
  std::string all;
  for (const auto& word : split_words(text)) {
    const auto spoken = spoken_form(word);
    if (!spoken.empty())
      append_word(all, spoken);
  }
  return all;
}

Result<PhraseList> PhraseList::parse(std::string_view text) {
  PhraseList list;
  std::map<std::string, std::size_t> used;  // how often a class stood in an example
  int number = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    std::string line(text.substr(at, end - at));
    at = end + 1;
    ++number;
    const auto fail = [&](const std::string& what) {
      return Unexpected("line " + std::to_string(number) + ": " + what);
    };
    if (line.empty() || line.front() == '#')
      continue;
    if (line.front() == '@') {
      const auto space = line.find(' ');
      if (space == std::string::npos)
        return fail("a class without members");
      auto& members = list.classes_[line.substr(1, space - 1)].alternatives;
      std::size_t from = space;
      while (from < line.size()) {
        const auto bar = std::min(line.find('|', from), line.size());
        std::vector<Word> words;
        for (const auto& word : split_words(line.substr(from, bar - from)))
          words.push_back({word, spoken_form(word)});
        if (words.empty())
          return fail("an empty class member");
        members.push_back(std::move(words));
        from = bar + 1;
      }
      continue;
    }
    bool first = true;
    for (const auto& variant : without_options(line)) {
      Phrase phrase;
      std::string example;
      for (const auto& word : split_words(variant)) {
        const auto open = word.find('<');
        const auto close = word.find('>');
        if (open == std::string::npos || close == std::string::npos || close < open) {
          const auto spoken = spoken_form(word);
          if (spoken.empty())
            return fail("\"" + word + "\" has no letters");
          phrase.push_back(Word{word, spoken});
          append_word(example, word);
          continue;
        }
        ClassUse use;
        use.name = word.substr(open + 1, close - open - 1);
        use.before = word.substr(0, open);
        use.after = word.substr(close + 1);
        if (use.name.ends_with('+')) {
          use.name.pop_back();
          use.repeated = true;
        }
        const auto found = list.classes_.find(use.name);
        if (found == list.classes_.end())
          return fail("no class \"" + use.name + "\"");
        const auto& members = found->second.alternatives;
        for (int i = 0; first && i < (use.repeated ? 4 : 1); ++i) {
          const auto& member = members[used[use.name]++ % members.size()];
          std::string words = i == 0 ? use.before : "";
          for (const auto& w : member) words += (&w == &member.front() ? "" : " ") + w.written;
          append_word(example, words);
        }
        example = with_mark(example, use.after);
        phrase.push_back(std::move(use));
      }
      if (phrase.empty())
        return fail("an empty phrase");
      list.phrases_.push_back(std::move(phrase));
      if (first)
        list.examples_.push_back(first_letter_upper(example));
      first = false;
    }
  }
  return list;
}

const PhraseList& PhraseList::of(std::string_view language) {
  const auto load = [](const char* text) {
    auto list = parse(text);
    if (!list)
      g_error("compiled-in phrase list: %s", list.error().c_str());
    return std::move(list).value();
  };
  static const PhraseList es = load(kPhrasesEs);
  static const PhraseList en = load(kPhrasesEn);
  return language == "es" ? es : en;
}

std::vector<std::string> PhraseList::vocabulary() const {
  std::set<std::string> words;
  for (const auto& phrase : phrases_)
    for (const auto& element : phrase)
      if (const auto* word = std::get_if<Word>(&element))
        words.insert(word->spoken);
  for (const auto& [name, members] : classes_)
    for (const auto& alternative : members.alternatives)
      for (const auto& word : alternative) words.insert(word.spoken);
  return {words.begin(), words.end()};
}

std::string PhraseList::written(std::span<const std::string> spoken) const {
  if (auto text = Reader(*this, spoken).read())
    return first_letter_upper(*text);
  std::string plain;
  for (const auto& word : spoken) append_word(plain, word);
  return plain;
}

}  // namespace centralita::sandbox
