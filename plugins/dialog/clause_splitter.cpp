#include "plugins/dialog/clause_splitter.h"

#include "plugins/dialog/abbreviations.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>
#include <memory>

namespace centralita {
namespace {

enum class Verdict { kSplit, kGoOn, kNeedMore };

struct Pair {
  gunichar open, close;
};
constexpr Pair kPairs[] = {{U'¿', U'?'}, {U'¡', U'!'}, {U'(', U')'}, {U'[', U']'},
                           {U'«', U'»'}, {U'“', U'”'}, {U'"', U'"'}};

gunichar closer_of(gunichar c) {
  for (const auto& pair : kPairs)
    if (pair.open == c)
      return pair.close;
  return 0;
}
bool is_closer(gunichar c) {
  return std::any_of(std::begin(kPairs), std::end(kPairs), [c](auto& p) { return p.close == c; });
}
bool is_stop(gunichar c) { return c == '.' || c == U'…' || c == '?' || c == '!'; }
bool is_comma(gunichar c) { return c == ',' || c == ';' || c == ':'; }

std::string lower(std::string_view text) {
  const std::unique_ptr<char, decltype(&g_free)> down(
      g_utf8_strdown(text.data(), static_cast<gssize>(text.size())), g_free);
  return down.get();
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "U.S", "S.A": single letters with dots between them, the first a capital.
bool is_acronym(std::string_view word) {
  bool letter_next = true;
  int letters = 0;
  if (!word.empty() && !g_unichar_isupper(code_point_at(word).value))
    return false;
  while (!word.empty()) {
    const auto c = code_point_at(word);
    if (c.size == 0 || (letter_next ? !g_unichar_isalpha(c.value) : c.value != '.'))
      return false;
    letters += letter_next;
    letter_next = !letter_next;
    word.remove_prefix(c.size);
  }
  return letters >= 2;
}

// Looks for the end of the first clause of a text.
class Scan {
 public:
  Scan(std::string_view text, int comma_words, std::size_t max_bytes, bool final)
      : text_(text), comma_words_(comma_words), max_bytes_(max_bytes), final_(final) {}

  // Bytes of the first clause; empty: it is not over, or whether it is cannot be told yet.
  std::optional<std::size_t> run() {
    while (at_ < text_.size()) {
      const auto c = code_point_at(text_.substr(at_));
      if (c.size == 0)
        return std::nullopt;
      const auto verdict = look_at(c.value);
      if (verdict == Verdict::kSplit)
        return cut_;
      if (verdict == Verdict::kNeedMore)
        return std::nullopt;
      at_ += c.size;
    }
    return std::nullopt;
  }

 private:
  // What stands before white space and may end a clause.
  struct Mark {
    enum Kind { kNone, kComma, kStop } kind = kNone;
    std::size_t at = 0;  // of the first character of a run of stops
    bool asks_or_calls = false;
    int dots = 0;
  };

  // The first character that can be seen after a mark.
  struct Next {
    gunichar value;
    std::size_t at, size;
  };

  Verdict split_at(std::size_t cut) {
    cut_ = cut;
    return Verdict::kSplit;
  }

  Verdict look_at(gunichar c) {
    if (c == '\n')
      return at_newline();
    if (g_unichar_isspace(c))
      return at_space();
    // "Hola.¿Qué tal?": nothing but a new sentence opens with these.
    if ((c == U'¿' || c == U'¡') && mark_.kind == Mark::kStop && open_.empty() && spoken_)
      return split_at(at_);
    if (is_stop(c)) {
      stop(c);
    } else if (is_comma(c)) {
      mark_ = {.kind = Mark::kComma, .at = at_};
    } else if (is_closer(c) && close(c)) {
      // A mark before it stays one: `"Hola."`
    } else if (const auto closer = closer_of(c); closer && opens(c)) {
      open_.push_back(closer);
      mark_ = {};
    } else if (c != ')' && c != U'’' && c != '\'') {
      mark_ = {};
    }
    if (g_unichar_isalnum(c)) {
      words_ += !word_counted_;
      word_counted_ = spoken_ = true;
    }
    return Verdict::kGoOn;
  }

  // Inches ('5"') and faces (":(") open nothing.
  bool opens(gunichar c) const {
    const char before = at_ > 0 ? text_[at_ - 1] : ' ';
    return !(c == '"' && g_ascii_isdigit(before)) &&
           !(c == '(' && (before == ':' || before == '-'));
  }

  void stop(gunichar c) {
    close(c);
    if (mark_.kind != Mark::kStop)
      mark_ = {.kind = Mark::kStop, .at = at_};
    mark_.asks_or_calls |= c == '?' || c == '!';
    mark_.dots += c == '.' ? 1 : c == U'…' ? 3 : 0;
  }

  bool close(gunichar c) {
    const auto found = std::find(open_.rbegin(), open_.rend(), c);
    if (found == open_.rend())
      return false;
    open_.erase(std::next(found).base(), open_.end());
    return true;
  }

  Verdict at_newline() {
    if (spoken_ && !only_a_list_marker(text_.substr(0, at_)))
      return split_at(at_);
    open_.clear();
    mark_ = {};
    word_counted_ = false;
    return Verdict::kGoOn;
  }

  Verdict at_space() {
    if (mark_.kind != Mark::kNone && spoken_) {
      const auto verdict = judge();
      if (verdict == Verdict::kNeedMore)
        return verdict;
      if (verdict == Verdict::kSplit) {
        if (open_.empty())
          return split_at(at_);
        best_ = at_;
      }
    } else if (word_counted_) {
      between_words_ = at_;
    }
    mark_ = {};
    word_counted_ = false;
    if (at_ > max_bytes_ && (best_ || between_words_))
      return split_at(best_ ? best_ : between_words_);
    return Verdict::kGoOn;
  }

  Verdict judge() const {
    if (mark_.kind == Mark::kComma)
      return judge_comma();
    if (mark_.asks_or_calls)
      return Verdict::kSplit;
    const auto next = next_visible();
    if (!next)
      return final_ ? Verdict::kSplit : Verdict::kNeedMore;
    if (mark_.dots == 1 && next->value != '\n') {
      const auto kind = kind_of(word_before_mark(), next->value);
      if (kind == Abbreviation::kGoesOn)
        return Verdict::kGoOn;
      if (kind == Abbreviation::kMayEnd)
        return judge_next_word(*next);
    }
    if (!g_unichar_islower(next->value))
      return Verdict::kSplit;
    // After an ellipsis or an abbreviation not listed, the sentence goes on in lower case; but
    // "b)" is the next item of a list.
    const auto after = text_.substr(next->at + next->size);
    if (after.empty() && !final_)
      return Verdict::kNeedMore;
    return after.starts_with(')') ? Verdict::kSplit : Verdict::kGoOn;
  }

  Verdict judge_comma() const {
    const auto word = word_before_mark();
    const auto letter = word.empty() ? CodePoint{} : code_point_at(word);
    const bool spelling = letter.size == word.size() && g_unichar_isalpha(letter.value);
    if (words_ < comma_words_ || spelling || word.ends_with('.'))
      return Verdict::kGoOn;  // "A, N, N", "e.g., apples"
    // "etc." does not stand alone.
    constexpr std::string_view kEtc = "etc";
    const auto first = text_.find_first_not_of(" \t", at_);
    const auto rest = text_.substr(std::min(first, text_.size()));
    if (rest.size() < kEtc.size() && kEtc.starts_with(rest))
      return final_ ? Verdict::kSplit : Verdict::kNeedMore;
    return rest.starts_with(kEtc) ? Verdict::kGoOn : Verdict::kSplit;
  }

  // A capital after "U.S." begins a name, or a sentence if it is a word that begins sentences.
  Verdict judge_next_word(const Next& next) const {
    if (!g_unichar_isupper(next.value))
      return Verdict::kGoOn;
    auto end = next.at;
    while (end < text_.size()) {
      const auto c = code_point_at(text_.substr(end));
      if (c.size == 0)
        return Verdict::kNeedMore;
      if (!g_unichar_isalpha(c.value))
        break;
      end += c.size;
    }
    if (end == text_.size() && !final_)
      return Verdict::kNeedMore;
    const auto word = text_.substr(next.at, end - next.at);
    const bool initial = word.size() == next.size && text_.substr(end).starts_with('.');
    return !initial && begins_sentences(lower(word)) ? Verdict::kSplit : Verdict::kGoOn;
  }

  // The first character of what comes after the white space; opening quotes and the like are passed
  // over. A new line counts as itself. Empty: it has not come yet.
  std::optional<Next> next_visible() const {
    for (auto at = at_; at < text_.size();) {
      const auto c = code_point_at(text_.substr(at));
      if (c.size == 0)
        return std::nullopt;
      const bool pass = (g_unichar_isspace(c.value) && c.value != '\n') ||
                        (closer_of(c.value) && c.value != U'¿' && c.value != U'¡');
      if (!pass)
        return Next{c.value, at, c.size};
      at += c.size;
    }
    return std::nullopt;
  }

  std::string_view word_before(std::size_t end) const {
    const auto before = text_.substr(0, end);
    const auto start = before.find_last_of(" \t\n(\"[/");
    auto word = start == std::string_view::npos ? before : before.substr(start + 1);
    for (const std::string_view quote : {"«", "“", "¿", "¡"})
      if (const auto found = word.rfind(quote); found != std::string_view::npos)
        word.remove_prefix(found + quote.size());
    return word;
  }
  std::string_view word_before_mark() const { return word_before(mark_.at); }

  // What the word before a single full stop is short for, if anything.
  Abbreviation kind_of(std::string_view word, gunichar next) const {
    using enum Abbreviation;
    if (word.empty())
      return kNone;
    if (all_digits(word))
      return is_list_marker(word) ? kGoesOn : kNone;
    const auto key = lower(word);
    const auto start = static_cast<std::size_t>(word.data() - text_.data());
    const auto gap = text_.substr(0, start).find_last_not_of(" \t");
    const auto previous = gap == std::string_view::npos ? "" : word_before(gap + 1);
    const auto first = code_point_at(word);
    const bool single = first.size == word.size() && g_unichar_isalpha(first.value);
    if (single && g_unichar_islower(first.value)) {
      constexpr std::string_view kUnits = "ghlms";
      if (all_digits(previous) &&
          kUnits.find(word) != kUnits.npos)  // "30 s. Luego", "1 h. 30 min."
        return g_unichar_isdigit(next) ? kGoesOn : kNone;
      // "9 a. m. Abrimos", and "a. C.", "s. XV"
      return word == "m" && (previous == "a." || previous == "p.") ? kNone : kGoesOn;
    }
    if (single || is_acronym(word))
      return kMayEnd;
    const auto kind = abbreviation(key);
    if (kind == kBeforeNumber)
      return g_unichar_isdigit(next) ? kGoesOn : kNone;
    return kind;
  }

  // "1." at the start of a line or clause, or after the punctuation that announces a list.
  bool is_list_marker(std::string_view digits) const {
    const auto line = text_.substr(0, mark_.at - digits.size());
    const auto last = line.find_last_not_of(" \t");
    return digits.size() <= 3 && (last == std::string_view::npos || line[last] == '\n' ||
                                  is_comma(static_cast<unsigned char>(line[last])));
  }

  static bool only_a_list_marker(std::string_view text) {
    const auto word = trimmed(text);
    return (word.ends_with('.') || word.ends_with(')')) &&
           all_digits(word.substr(0, word.size() - 1));
  }

  const std::string_view text_;
  const int comma_words_;
  const std::size_t max_bytes_;
  const bool final_;
  std::size_t at_ = 0, cut_ = 0;
  Mark mark_;
  std::vector<gunichar> open_;  // the characters that will close what is open, innermost last
  int words_ = 0;
  bool word_counted_ = false;      // the word under way
  bool spoken_ = false;            // there is a letter or a digit
  std::size_t best_ = 0;           // an end of a clause inside a pair; 0: none
  std::size_t between_words_ = 0;  // the last place between two plain words; 0: none
};

}  // namespace

std::vector<std::string> ClauseSplitter::push(std::string_view text) {
  pending_ += text;
  return take_clauses(false);
}

std::vector<std::string> ClauseSplitter::finish() {
  auto clauses = take_clauses(true);
  if (!pending_.empty())
    clauses.push_back(std::move(pending_));
  pending_.clear();
  first_ = true;
  return clauses;
}

std::vector<std::string> ClauseSplitter::take_clauses(bool final) {
  std::vector<std::string> clauses;
  while (true) {
    const int words = first_ ? settings_.first_words : settings_.next_words;
    const auto end = Scan(pending_, words, settings_.max_bytes, final).run();
    if (!end)
      return clauses;
    clauses.push_back(pending_.substr(0, *end));
    pending_.erase(0, *end);
    first_ = false;
  }
}

}  // namespace centralita
