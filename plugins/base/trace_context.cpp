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

namespace {

constexpr std::size_t kMostMembers = 32, kLongestPart = 256, kLongestState = 512;

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  return from == text.npos ? "" : text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// key "=" value, of section 3.3.1.
bool is_member(std::string_view member) {
  const auto equals = member.find('=');
  if (equals == member.npos || equals == 0 || equals + 1 == member.size())
    return false;
  const auto key = member.substr(0, equals), value = member.substr(equals + 1);
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return key.size() <= kLongestPart && value.size() <= kLongestPart && starts(key[0]) &&
         std::all_of(key.begin(), key.end(),
                     [&](char c) {
                       return starts(c) || std::string_view("_-*/@").find(c) != std::string::npos;
                     }) &&
         std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= 0x20 && c <= 0x7e && c != '='; });
}

}  // namespace

std::string tracestate_in(std::string_view tracestate) {
  std::string list;
  std::size_t members = 0;
  bool full = false;
  while (!tracestate.empty()) {
    const auto comma = std::min(tracestate.find(','), tracestate.size());
    const auto member = trimmed(tracestate.substr(0, comma));
    tracestate.remove_prefix(std::min(comma + 1, tracestate.size()));
    if (member.empty())
      continue;  // which the standard allows
    if (!is_member(member) || ++members > kMostMembers)
      return "";
    full |= list.size() + member.size() + 1 > kLongestState;
    if (!full)
      list += (list.empty() ? "" : ",") + std::string(member);
  }
  return list;
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
