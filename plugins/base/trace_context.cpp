#include "plugins/base/trace_context.h"

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <random>

namespace centralita {
namespace {

// version "-" trace-id "-" parent-id "-" flags
constexpr std::size_t kVersion = 2, kTraceId = 32, kParentId = 16, kFlags = 2;
constexpr std::size_t kLength = kVersion + kTraceId + kParentId + kFlags + 3;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

}  // namespace

std::string trace_id_in(std::string_view traceparent) {
  if (traceparent.size() < kLength)
    return "";
  const auto version = traceparent.substr(0, kVersion);
  const auto trace_id = traceparent.substr(kVersion + 1, kTraceId);
  const auto parent_id = traceparent.substr(kVersion + kTraceId + 2, kParentId);
  const auto flags = traceparent.substr(kLength - kFlags, kFlags);
  // A later version may say more behind another dash; this one may not.
  const bool longer = traceparent.size() > kLength;
  if (version == "ff" || (longer && (version == "00" || traceparent[kLength] != '-')))
    return "";
  for (const auto at : {kVersion, kVersion + kTraceId + 1, kLength - kFlags - 1})
    if (traceparent[at] != '-')
      return "";
  if (!is_hex(version) || !is_hex(trace_id) || !is_hex(parent_id) || !is_hex(flags) ||
      is_zero(trace_id) || is_zero(parent_id))
    return "";
  return std::string(trace_id);
}

std::string new_traceparent(std::string_view trace_id) {
  thread_local std::mt19937_64 random([] {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }());
  std::uint64_t parent = 0;
  while (parent == 0) parent = random();
  char text[kParentId + 1];
  std::snprintf(text, sizeof text, "%016" PRIx64, parent);
  // Sampled: what belongs to it is in our log.
  return "00-" + std::string(trace_id) + "-" + text + "-01";
}

}  // namespace centralita
