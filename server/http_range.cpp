#include "server/http_range.h"

#include <algorithm>
#include <charconv>

namespace centralita {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || text.empty())
    return std::nullopt;
  return value;
}

}  // namespace

RangeAnswer range_of(std::string_view header, std::int64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit) || header.find(',') != header.npos)
    return {};
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == header.npos)
    return {};
  const auto from = header.substr(0, dash), to = header.substr(dash + 1);
  const auto first = number(from), last = number(to);
  if ((!from.empty() && !first) || (!to.empty() && !last) || (from.empty() && to.empty()))
    return {};
  if (from.empty()) {  // the last so many
    if (*last == 0 || size == 0)
      return {.kind = RangeKind::kUnsatisfiable};
    return {RangeKind::kPart, {std::max<std::int64_t>(0, size - *last), size - 1}};
  }
  if (last && *last < *first)
    return {};  // not valid, so it is as if there were none
  if (*first >= size)
    return {.kind = RangeKind::kUnsatisfiable};
  return {RangeKind::kPart, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

}  // namespace centralita
