#include "server/store/cursor.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <charconv>

namespace centralita::store {
namespace {

constexpr std::string_view kPlain = "1:", kFiltered = "2:";
constexpr char kEnd = '.';  // a cursor that was cut short is not taken for another one
constexpr std::size_t kLongest = 64;

}  // namespace

std::string encode_cursor(const Cursor& cursor) {
  auto plain = std::string(cursor.filter ? kFiltered : kPlain) +
               std::to_string(cursor.start_time.count()) + ":" + std::to_string(cursor.id);
  if (cursor.filter)
    plain += ":" + std::to_string(cursor.filter);
  plain += kEnd;
  std::string text =
      OwnedString(g_base64_encode(reinterpret_cast<const guchar*>(plain.data()), plain.size()))
          .get();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  return text;
}

std::optional<Cursor> decode_cursor(std::string_view text) {
  if (text.empty() || text.size() > kLongest)
    return std::nullopt;
  std::string padded(text);
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  gsize size = 0;
  const std::unique_ptr<guchar, FreeWith<g_free>> bytes(g_base64_decode(padded.c_str(), &size));
  const std::string_view plain(reinterpret_cast<const char*>(bytes.get()), size);
  const bool filtered = plain.substr(0, kFiltered.size()) == kFiltered;
  if (!filtered && plain.substr(0, kPlain.size()) != kPlain)
    return std::nullopt;

  const char* end = plain.data() + plain.size();
  std::int64_t us = 0;
  Cursor cursor;
  const auto time = std::from_chars(plain.data() + kPlain.size(), end, us);
  if (time.ec != std::errc{} || time.ptr == end || *time.ptr != ':')
    return std::nullopt;
  const auto id = std::from_chars(time.ptr + 1, end, cursor.id);
  const char* rest = id.ptr;
  if (id.ec != std::errc{})
    return std::nullopt;
  if (filtered) {
    if (rest == end || *rest != ':')
      return std::nullopt;
    const auto filter = std::from_chars(rest + 1, end, cursor.filter);
    if (filter.ec != std::errc{} || cursor.filter == 0)
      return std::nullopt;
    rest = filter.ptr;
  }
  if (rest + 1 != end || *rest != kEnd)
    return std::nullopt;
  cursor.start_time = std::chrono::microseconds(us);
  // GLib skips over characters that are not base64: only the one spelling that we write is ours.
  // And a time far beyond PostgreSQL's calendar would be its error and not the reader's.
  constexpr std::int64_t kYear1 = -62'135'596'800'000'000;
  constexpr std::int64_t kYear9999 = 253'402'300'800'000'000;
  if (encode_cursor(cursor) != text || us < kYear1 || us > kYear9999)
    return std::nullopt;
  return cursor;
}

}  // namespace centralita::store
