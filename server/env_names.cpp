#include "server/env_names.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>

namespace centralita {
namespace {

constexpr std::size_t kNear = 3;  // letters that may be wrong

// Levenshtein's.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

// What has taken the place of a name of the predecessor's.
const std::map<std::string_view, std::string_view>& old_names() {
#define VARIABLE(name)
#define OLD_NAME(name, now) {name, now},
  static const std::map<std::string_view, std::string_view> kOld = {
#include "server/env_names.inc"
  };
#undef VARIABLE
#undef OLD_NAME
  return kOld;
}

}  // namespace

const std::vector<std::string_view>& documented_variables() {
#define VARIABLE(name) name,
#define OLD_NAME(name, now)
  static const std::vector<std::string_view> kNames = {
#include "server/env_names.inc"
  };
#undef VARIABLE
#undef OLD_NAME
  return kNames;
}

std::vector<std::string> warnings_about(const std::vector<std::string>& names) {
  const auto& known = documented_variables();
  std::vector<std::string> warnings;
  for (const auto& name : names) {
    if (const auto old = old_names().find(name); old != old_names().end())
      warnings.push_back(name + " is set, a name of before; now: " + std::string(old->second) +
                         ".");
    if (!name.starts_with("CENTRALITA_") ||
        std::find(known.begin(), known.end(), name) != known.end())
      continue;
    const auto nearest = std::min_element(known.begin(), known.end(), [&](auto a, auto b) {
      return distance(name, a) < distance(name, b);
    });
    auto sentence = name + " is set, and is no variable of this program";
    if (nearest != known.end() && distance(name, *nearest) <= kNear)
      sentence += "; did you mean " + std::string(*nearest) + "?";
    else
      sentence += ". docs/env.md lists them.";
    warnings.push_back(std::move(sentence));
  }
  return warnings;
}

std::vector<std::string> environment_names() {
  const std::unique_ptr<char*, FreeWith<g_strfreev>> list(g_listenv());
  std::vector<std::string> names;
  for (char** name = list.get(); name && *name; ++name) names.emplace_back(*name);
  return names;
}

}  // namespace centralita
