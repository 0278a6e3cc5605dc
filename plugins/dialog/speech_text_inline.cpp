// SpeechText: markup within a line.
#include "plugins/dialog/speech_text.h"
#include "plugins/dialog/tag_names.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>

namespace centralita {
namespace {

// How far a construct may reach before it is taken for plain text.
constexpr std::size_t kMaxTag = 300, kMaxLinkText = 400, kMaxLinkTarget = 2000;

// A letter or a digit; of a character beyond ASCII, any byte.
bool is_word(char c) { return g_ascii_isalnum(c) || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

bool SpeechText::tag() {
  if (rest_.size() == 1 && hold())
    return false;
  const char next = rest_.size() > 1 ? rest_[1] : ' ';
  if (!g_ascii_isalpha(next) && next != '/' && next != '|') {
    keep(1);
    return true;
  }
  // A name that is none of ours and ends like a word is text: "a <b y c" must not wait for a ">".
  const auto name_end =
      rest_.find_first_not_of("/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 1);
  if (name_end != std::string_view::npos &&
      std::string_view(":@._-|>").find(rest_[name_end]) == std::string_view::npos) {
    auto word = ascii_lower(rest_.substr(1, name_end - 1));
    std::erase(word, '/');
    if (kind_of_tag(word) == TagKind::kUnknown) {
      keep(1);
      return true;
    }
  }
  const auto end = rest_.find_first_of("<>\n", 1);
  if (end == std::string_view::npos && rest_.size() < kMaxTag && hold())
    return false;
  if (end == std::string_view::npos || end > kMaxTag || rest_[end] != '>') {
    keep(1);
    return true;
  }
  const auto inner = rest_.substr(1, end - 1);
  const bool closing = inner.front() == '/';
  const auto body = inner.substr(closing ? 1 : 0);
  const auto name = ascii_lower(body.substr(0, body.find_first_of(" \t/")));
  const auto kind = kind_of_tag(name);
  if (!closing && kind == TagKind::kThoughts) {
    drop(end + 1);
    thoughts_end_ = "</" + name + ">";
    mode_ = Mode::kThoughts;
  } else if (kind == TagKind::kLine) {
    new_line();
    drop(end + 1);
  } else if (kind == TagKind::kExpect) {
    if (!closing && body.size() > name.size())
      expected_ = std::string(trimmed(body.substr(name.size())));
    drop(end + 1);
  } else if (kind != TagKind::kUnknown || inner.front() == '|') {
    drop(end + 1);  // "<|...|>": a control token of the model that leaked
  } else if (inner.find("://") != inner.npos || inner.find('@') != inner.npos) {
    unwrap(end + 1, inner);
  } else {
    keep(1);
  }
  return true;
}

// Runs of * _ ~ - which may be emphasis, or a table's rule.
bool SpeechText::emphasis() {
  const char c = rest_.front();
  const auto run = run_length();
  if (run == rest_.size() && hold())
    return false;
  const char next = run < rest_.size() ? rest_[run] : '\n';
  bool markup = false;
  switch (c) {
    case '*': {
      const bool product = (is_blank(before_) && is_blank(next)) ||
                           (g_ascii_isdigit(before_) && g_ascii_isdigit(next));
      const bool key = !is_word(before_) && g_ascii_isdigit(next);  // of a telephone: *72
      markup = run > 1 || !(product || key);
      break;
    }
    case '_': {
      const auto after = run < rest_.size() ? code_point_at(rest_.substr(run)) : CodePoint{'\n', 1};
      if (after.size == 0 && hold())
        return false;
      markup = !(is_word(before_) && g_unichar_isalnum(after.value));
      break;
    }
    case '~':
      markup = run == 2;
      break;
    default:
      markup = run >= 3;
  }
  markup ? drop(run) : keep(run);
  return true;
}

bool SpeechText::link() {
  const auto end = rest_.find_first_of("]\n", 1);
  if (end == rest_.npos && rest_.size() < kMaxLinkText && hold())
    return false;
  if (end == rest_.npos || end > kMaxLinkText || rest_[end] != ']') {
    keep(1);
    return true;
  }
  if (rest_[1] == '^') {
    drop(end + 1);  // a footnote
    return true;
  }
  if (end + 1 == rest_.size() && hold())
    return false;
  if (!rest_.substr(end + 1).starts_with('(')) {
    keep(1);
    return true;
  }
  const auto target = rest_.find_first_of(")\n", end + 2);
  if (target == rest_.npos && rest_.size() < end + kMaxLinkTarget && hold())
    return false;
  if (target == rest_.npos || target > end + kMaxLinkTarget || rest_[target] != ')') {
    keep(1);
    return true;
  }
  unwrap(target + 1, rest_.substr(1, end - 1));
  return true;
}

// "#" is said; the key "#️⃣" is a picture. (Those of the digits leave the digit.)
bool SpeechText::keycap() {
  constexpr std::string_view kKeys[] = {"#\uFE0F\u20E3", "#\u20E3"};
  for (const auto key : kKeys) {
    if (rest_.starts_with(key)) {
      drop(key.size());
      return true;
    }
    if (key.starts_with(rest_) && hold())
      return false;
  }
  keep(1);
  return true;
}

bool SpeechText::scheme(bool& taken) {
  if (is_word(before_))
    return true;
  for (const std::string_view scheme : {"https://", "http://"}) {
    const auto start = ascii_lower(rest_.substr(0, scheme.size()));
    if (start == scheme) {
      drop(scheme.size());
      taken = true;
      return true;
    }
    if (scheme.starts_with(start) && hold())
      return false;
  }
  return true;
}

}  // namespace centralita
