#include "plugins/dialog/speech_text.h"

#include "plugins/dialog/emoji.h"
#include "plugins/dialog/utf8.h"
#include "plugins/dialog/word_list.h"

#include <algorithm>
#include <utility>

namespace centralita {
namespace {

// How far a construct may reach before it is taken for plain text.
constexpr std::size_t kMaxInfo = 100, kMaxCitation = 100;

constexpr std::string_view kProse[] = {"", "text", "txt", "plain", "plaintext", "markdown", "md"};

bool is_bullet(gunichar c) { return c == U'•' || c == U'◦' || c == U'▪' || c == U'‣' || c == U'●'; }

}  // namespace

std::string SpeechText::push(std::string_view token) {
  pending_ += token;
  return consume(false);
}

std::string SpeechText::finish() {
  auto out = consume(true);
  auto expected = std::move(expected_);
  *this = SpeechText();
  expected_ = std::move(expected);
  return out;
}

std::string SpeechText::consume(bool final) {
  final_ = final;
  rest_ = pending_;
  while (!rest_.empty() && step()) {
  }
  pending_.erase(0, pending_.size() - rest_.size());
  rest_ = {};
  return std::exchange(out_, {});
}

bool SpeechText::step() {
  if (mode_ == Mode::kThoughts)
    return skip_thoughts();
  if (mode_ == Mode::kCode)
    return skip_code();
  bool taken = false;
  if (line_start_ && !line_start(taken))
    return false;
  if (taken)
    return true;
  switch (rest_.front()) {
    case '\n':
      new_line();
      drop(1);
      return true;
    case ' ':
    case '\t':
    case '\r':
      blank_pending_ = true;
      dropped_since_blank_ = false;
      drop(1);
      return true;
    case '<':
      return tag();
    case '`':
      return backticks();
    case '*':
    case '_':
    case '~':
    case '-':
      return emphasis();
    case '#':
      return keycap();
    case '!':
      if (rest_.size() == 1 && hold())
        return false;
      rest_.substr(1).starts_with('[') ? drop(1) : keep(1);
      return true;
    case '[':
      return link();
    case '|':
      blank_pending_ = true;
      drop(1);
      return true;
    case '\\':
      if (rest_.size() == 1 && hold())
        return false;
      drop(1);
      if (!rest_.empty() && g_ascii_ispunct(rest_.front()))
        keep(1);
      return true;
    case 'h':
    case 'H':
      if (!scheme(taken))
        return false;
      if (taken)
        return true;
      [[fallthrough]];
    default:
      return plain();
  }
}

bool SpeechText::skip_thoughts() {
  const auto end = ascii_lower(rest_).find(thoughts_end_);
  if (end != std::string::npos) {
    drop(end + thoughts_end_.size());
    mode_ = Mode::kSpeech;
    return true;
  }
  // The end may have begun: its length less one stays.
  const auto kept = hold() ? std::min(rest_.size(), thoughts_end_.size() - 1) : 0;
  drop(rest_.size() - kept);
  return kept == 0;
}

bool SpeechText::skip_code() {
  const auto end = rest_.find("```");
  if (end != std::string_view::npos) {
    drop(end + 3);
    mode_ = Mode::kSpeech;
    new_line();
    return true;
  }
  const std::size_t kept = hold() ? std::min<std::size_t>(rest_.size(), 2) : 0;
  drop(rest_.size() - kept);
  return kept == 0;
}

// Indentation, and what makes a line a heading, a list item, a quotation or a rule.
bool SpeechText::line_start(bool& taken) {
  taken = true;
  const char c = rest_.front();
  const auto run = run_length();
  if (c == ' ' || c == '\t' || c == '>') {
    drop(run);
    return true;
  }
  const bool undecided = run == rest_.size() && hold();
  if (c == '#' || c == '-' || c == '*' || c == '+' || c == '_') {
    if (undecided)
      return false;
    const char next = run < rest_.size() ? rest_[run] : '\n';
    const bool heading = c == '#' && run <= 6 && is_blank(next);
    const bool bullet = c != '#' && c != '_' && run == 1 && (next == ' ' || next == '\t');
    const bool rule = c != '#' && run >= 3 && is_blank(next);
    if (heading || bullet || rule) {
      drop(run);
      return true;
    }
  } else if (static_cast<unsigned char>(c) >= 0x80) {
    const auto code_point = code_point_at(rest_);
    if (code_point.size == 0 && hold())
      return false;
    if (code_point.size > 0 && is_bullet(code_point.value)) {
      drop(code_point.size);
      return true;
    }
  }
  taken = false;
  return true;
}

bool SpeechText::backticks() {
  const auto run = run_length();
  if (run == rest_.size() && hold())
    return false;
  if (run < 3) {
    drop(run);
    return true;
  }
  if (std::exchange(in_open_fence_, false)) {
    drop(run);
    new_line();
    return true;
  }
  const auto end = rest_.find('\n');
  if (end == std::string_view::npos && rest_.size() < kMaxInfo && hold())
    return false;
  const auto info = ascii_lower(trimmed(rest_.substr(run, end == rest_.npos ? end : end - run)));
  if (info.find_first_of("` ") != info.npos) {  // the text itself, on the line of the fence
    in_open_fence_ = true;
    drop(run);
    return true;
  }
  in_open_fence_ = contains(kProse, info);
  mode_ = in_open_fence_ ? Mode::kSpeech : Mode::kCode;
  drop(std::min(end, rest_.size()));
  new_line();
  return true;
}

bool SpeechText::plain() {
  const auto c = code_point_at(rest_);
  if (c.size == 0) {
    if (hold())
      return false;
    drop(rest_.size());  // half a character
    return true;
  }
  if (c.value == U'◁') {  // how some models write the tags of their thoughts
    constexpr std::string_view kOpen = "◁think▷";
    const auto start = rest_.substr(0, kOpen.size());
    if (start == kOpen) {
      drop(kOpen.size());
      thoughts_end_ = "◁/think▷";
      mode_ = Mode::kThoughts;
      return true;
    }
    if (kOpen.starts_with(start) && hold())
      return false;
  }
  if (c.value == U'【') {
    const auto end = rest_.find("】");
    if (end == rest_.npos && rest_.size() < kMaxCitation && hold())
      return false;
    if (end != rest_.npos && end < kMaxCitation) {
      drop(end + 3);
      return true;
    }
  }
  if (c.value == 0xA0 || c.value == 0x202F || c.value == 0x2009) {  // blanks that do not break
    blank_pending_ = true;
    dropped_since_blank_ = false;
    drop(c.size);
  } else if (is_emoji(c.value)) {
    drop(c.size);
  } else {
    keep(c.size);
    if (c.size > 1 && !g_unichar_isalnum(c.value))
      before_ = '.';  // "¿_Ahora_?": punctuation, which its last byte does not tell
  }
  return true;
}

std::size_t SpeechText::run_length() const {
  return std::min(rest_.find_first_not_of(rest_.front()), rest_.size());
}

void SpeechText::drop(std::size_t bytes) {
  if (bytes == 0)
    return;
  if (!is_blank(rest_.front()))
    dropped_since_blank_ = true;
  before_ = rest_[bytes - 1];
  rest_.remove_prefix(bytes);
}

void SpeechText::keep(std::size_t bytes) {
  put(rest_.substr(0, bytes));
  before_ = rest_[bytes - 1];
  rest_.remove_prefix(bytes);
  line_start_ = false;
}

void SpeechText::put(std::string_view visible) {
  // "Hola 😀!" is "Hola!" and not "Hola !".
  const bool closes = std::string_view(".,;:!?)").find(visible.front()) != std::string_view::npos;
  if (std::exchange(blank_pending_, false) && last_out_ != '\n' &&
      !(dropped_since_blank_ && closes))
    out_ += ' ';
  dropped_since_blank_ = false;
  out_ += visible;
  last_out_ = visible.back();
}

void SpeechText::new_line() {
  blank_pending_ = false;
  line_start_ = true;
  if (last_out_ != '\n')
    out_ += '\n';
  last_out_ = '\n';
}

// `all` bytes give way to the part of them that is text, which is read again: it may hold emphasis.
void SpeechText::unwrap(std::size_t all, std::string_view inner) {
  const auto start = static_cast<std::size_t>(rest_.data() - pending_.data());
  const std::string text(inner);
  pending_.replace(start, all, text);
  rest_ = std::string_view(pending_).substr(start);
}

}  // namespace centralita
