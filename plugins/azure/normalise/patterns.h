// Finding what is not said as it is written: regular expressions over a text, whose matches claim
// their part of it for what is to be said instead. What one rule has claimed, no later rule sees.
#pragma once

#include "plugins/base/ref.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::normalise {

class Pattern {
 public:
  // PCRE, over UTF-8. A pattern that does not compile is a bug: it ends the process.
  explicit Pattern(const std::string& regex);
  GRegex* get() const { return regex_.get(); }

 private:
  Ref<GRegex> regex_;
};

// One place where a pattern fits. Its views live as long as the text.
class Match {
 public:
  Match(std::string_view text, GMatchInfo* info) : text_(text), info_(info) {}

  // A named group; empty when it took no part.
  std::string_view operator[](const char* group) const;
  std::string_view text() const { return text_; }
  std::size_t begin() const { return position(true); }
  std::size_t end() const { return position(false); }
  std::string_view before() const { return text_.substr(0, begin()); }
  std::string_view after() const { return text_.substr(end()); }

 private:
  std::size_t position(bool begin) const;
  std::string_view text_;
  GMatchInfo* info_;
};

class Claims {
 public:
  // `text` is UTF-8 and outlives this.
  explicit Claims(std::string_view text) : text_(text) {}

  // What `say` answers is said instead of the match; nothing: the match stays as it is, for later
  // rules to see.
  void apply(const Pattern& pattern,
             const std::function<std::optional<std::string>(const Match&)>& say);

  // Two claims with only a hyphen or a dash between them are a range, and `to` is said for it:
  // unless a third follows in the same way, which is a code and not a range.
  void join_ranges(const std::string& to);

  bool empty() const { return claims_.empty(); }
  std::string spoken() const;

 private:
  struct Claim {
    std::size_t begin, end;
    std::string spoken;
  };
  bool free(std::size_t begin, std::size_t end) const;

  std::string_view text_;
  std::vector<Claim> claims_;  // in order of place, apart from each other
};

// The word that follows, lower case and without the one space before it; empty when something else
// follows.
std::string next_word(std::string_view after);
// The word that the text ends with, lower case, whatever spaces and full stop come after it.
std::string last_word(std::string_view before);
std::string lower_case(std::string_view text);
// Whether a sentence ends where `after` begins, if there is a stop: at the end of the text, and
// before a capital.
bool ends_sentence(std::string_view after);

}  // namespace centralita::normalise
