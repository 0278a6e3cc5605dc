#include "server/replay/comparison.h"

#include <glib.h>

#include <algorithm>
#include <cstdio>

namespace centralita::replay {
namespace {

// That it was interrupted is the decision; a word more or less was heard of it.
constexpr char kInterrupted[] = "agent, interrupted";

struct Line {
  milliseconds at{0};
  std::string key;   // what must be the same to be the same decision
  std::string what;  // as it is shown
};

// Durations in a detail are no part of what was decided.
std::string without_numbers(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (!g_ascii_isdigit(c))
      out += c;
  return out;
}

// Of what happens around the call and is decided by nobody in it.
bool is_the_carriers(const std::string& event) {
  return event.starts_with("transfer") || event.starts_with("recording") ||
         event.starts_with("noise-suppression");
}

std::vector<Line> lines_of(const RecordedCall& call) {
  std::vector<Line> lines;
  for (const auto& event : call.events) {
    if (is_the_carriers(event.name))
      continue;
    const auto what = event.name + (event.detail.empty() ? "" : ": " + event.detail);
    lines.push_back({event.at, without_numbers(what), what});
  }
  for (const auto& turn : call.turns) {
    const auto what = std::string(turn.role == Role::kCaller ? "caller" : "agent") + ": \"" +
                      turn.content + "\"" + (turn.interrupted ? ", interrupted" : "");
    lines.push_back({turn.begin, turn.interrupted ? kInterrupted : what, what});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.at < b.at; });
  return lines;
}

std::string column(const std::optional<milliseconds>& time) {
  char text[24];
  if (time)
    std::snprintf(text, sizeof text, "%9lld", static_cast<long long>(time->count()));
  else
    std::snprintf(text, sizeof text, "%9s", "-");
  return text;
}

}  // namespace

std::vector<Compared> compare(const RecordedCall& before, const RecordedCall& after) {
  const auto a = lines_of(before), b = lines_of(after);
  // The longest row of decisions that both have.
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i].key == b[j].key ? common[i + 1][j + 1] + 1
                                          : std::max(common[i + 1][j], common[i][j + 1]);
  std::vector<Compared> lines;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i].key == b[j].key) {
      const bool other_words = a[i].key == kInterrupted && a[i].what != b[j].what;
      lines.push_back(
          {a[i].at, b[j].at, b[j].what + (other_words ? "; recorded: " + a[i].what : "")});
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      lines.push_back({a[i].at, std::nullopt, a[i].what});
      ++i;
    } else {
      lines.push_back({std::nullopt, b[j].at, b[j].what});
      ++j;
    }
  }
  return lines;
}

std::string to_text(const std::vector<Compared>& lines, bool differences) {
  constexpr milliseconds kSame{100};
  std::string text = " recorded  replayed\n";
  int same = 0, moved = 0, gone = 0, added = 0;
  for (const auto& line : lines) {
    const bool both = line.before && line.after;
    const auto by = both ? *line.after - *line.before : milliseconds(0);
    const bool is_same = both && std::chrono::abs(by) <= kSame;
    (is_same ? same : both ? moved : line.before ? gone : added) += 1;
    if (is_same && differences)
      continue;
    text += column(line.before) + " " + column(line.after) + "  " + line.what;
    if (both && !is_same)
      text += "  (" + std::string(by.count() > 0 ? "+" : "") + std::to_string(by.count()) + " ms)";
    text += '\n';
  }
  return text + std::to_string(same) + " the same, " + std::to_string(moved) +
         " at another time, " + std::to_string(gone) + " only recorded, " + std::to_string(added) +
         " only replayed\n";
}

}  // namespace centralita::replay
