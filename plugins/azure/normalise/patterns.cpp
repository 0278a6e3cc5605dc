#include "plugins/azure/normalise/patterns.h"

#include <algorithm>

namespace centralita::normalise {
namespace {

bool is_range_mark(std::string_view gap) {
  const auto first = gap.find_first_not_of(' ');
  if (first == std::string_view::npos)
    return false;
  const auto mark = gap.substr(first, gap.find_last_not_of(' ') - first + 1);
  return (mark == "-" && gap.size() == 1) || mark == "–" || mark == "—";
}

bool is_letter(gunichar c) { return g_unichar_isalpha(c) != FALSE; }

}  // namespace

Pattern::Pattern(const std::string& regex) {
  GError* error = nullptr;
  regex_ = Ref<GRegex>::adopt(
      g_regex_new(regex.c_str(), G_REGEX_OPTIMIZE, static_cast<GRegexMatchFlags>(0), &error));
  const OwnedError owned(error);
  if (!regex_)
    g_error("%s: %s", regex.c_str(), owned->message);
}

std::string_view Match::operator[](const char* group) const {
  int begin = -1, end = -1;
  if (!g_match_info_fetch_named_pos(info_, group, &begin, &end) || begin < 0)
    return {};
  return text_.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

std::size_t Match::position(bool want_begin) const {
  int begin = 0, end = 0;
  g_match_info_fetch_pos(info_, 0, &begin, &end);
  return static_cast<std::size_t>(want_begin ? begin : end);
}

void Claims::apply(const Pattern& pattern,
                   const std::function<std::optional<std::string>(const Match&)>& say) {
  GMatchInfo* info = nullptr;
  // A text that exhausts PCRE's limits has no match.
  g_regex_match_full(pattern.get(), text_.data(), static_cast<gssize>(text_.size()), 0,
                     static_cast<GRegexMatchFlags>(0), &info, nullptr);
  const OwnedMatch owned(info);
  std::vector<Claim> found;
  for (; g_match_info_matches(info); g_match_info_next(info, nullptr)) {
    const Match match(text_, info);
    if (match.begin() == match.end() || !free(match.begin(), match.end()))
      continue;
    if (auto spoken = say(match))
      found.push_back({match.begin(), match.end(), std::move(*spoken)});
  }
  claims_.insert(claims_.end(), std::make_move_iterator(found.begin()),
                 std::make_move_iterator(found.end()));
  std::sort(claims_.begin(), claims_.end(),
            [](const Claim& a, const Claim& b) { return a.begin < b.begin; });
}

void Claims::join_ranges(const std::string& to) {
  std::vector<std::size_t> joints;  // i: between claims i and i + 1
  for (std::size_t i = 0; i + 1 < claims_.size(); ++i)
    if (is_range_mark(text_.substr(claims_[i].end, claims_[i + 1].begin - claims_[i].end)))
      joints.push_back(i);
  for (std::size_t j = 0; j < joints.size(); ++j) {
    const bool chained = (j > 0 && joints[j - 1] + 1 == joints[j]) ||
                         (j + 1 < joints.size() && joints[j] + 1 == joints[j + 1]);
    auto& left = claims_[joints[j]];
    left.spoken += chained ? " " : " " + to + " ";
    left.end = claims_[joints[j] + 1].begin;
  }
}

std::string Claims::spoken() const {
  std::string out;
  std::size_t at = 0;
  for (const auto& claim : claims_) {
    out += text_.substr(at, claim.begin - at);
    out += claim.spoken;
    at = claim.end;
  }
  out += text_.substr(at);
  return out;
}

bool Claims::free(std::size_t begin, std::size_t end) const {
  return std::none_of(claims_.begin(), claims_.end(),
                      [&](const Claim& claim) { return begin < claim.end && claim.begin < end; });
}

std::string lower_case(std::string_view text) {
  const OwnedString lower(g_utf8_strdown(text.data(), static_cast<gssize>(text.size())));
  return lower.get();
}

bool ends_sentence(std::string_view after) {
  const auto next = after.find_first_not_of(" \n\t\"»”)");
  if (next == std::string_view::npos)
    return true;
  return next > 0 && g_unichar_isupper(g_utf8_get_char(after.data() + next));
}

std::string next_word(std::string_view after) {
  if (!after.starts_with(' '))
    return {};
  const char* begin = after.data() + 1;
  const char* const end = after.data() + after.size();
  const char* p = begin;
  while (p < end && is_letter(g_utf8_get_char(p))) p = g_utf8_next_char(p);
  return lower_case({begin, static_cast<std::size_t>(p - begin)});
}

std::string last_word(std::string_view before) {
  const auto last = before.find_last_not_of(" .:");
  if (last == std::string_view::npos)
    return {};
  const char* const start = before.data();
  const char* const end = start + last + 1;
  const char* begin = end;
  while (begin > start) {
    const char* previous = g_utf8_find_prev_char(start, begin);
    if (!previous || !is_letter(g_utf8_get_char(previous)))
      break;
    begin = previous;
  }
  return lower_case({begin, static_cast<std::size_t>(end - begin)});
}

}  // namespace centralita::normalise
