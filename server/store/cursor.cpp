#include "server/store/cursor.h"

#include "plugins/base/ref.h"

#include <algorithm>
#include <charconv>

namespace centralita::store {
namespace {

constexpr std::string_view kVersion = "1:";
constexpr char kEnd = '.';  // a cursor that was cut short is not taken for another one
constexpr std::size_t kLongest = 64;

}  // namespace

std::string encode_cursor(const Cursor& cursor) {
  const auto plain = std::string(kVersion) + std::to_string(cursor.start_time.count()) + ":" +
                     std::to_string(cursor.id) + kEnd;
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
  if (plain.substr(0, kVersion.size()) != kVersion)
    return std::nullopt;

  const char* end = plain.data() + plain.size();
  std::int64_t us = 0;
  Cursor cursor;
  const auto time = std::from_chars(plain.data() + kVersion.size(), end, us);
  if (time.ec != std::errc{} || time.ptr == end || *time.ptr != ':')
    return std::nullopt;
  const auto id = std::from_chars(time.ptr + 1, end, cursor.id);
  if (id.ec != std::errc{} || id.ptr + 1 != end || *id.ptr != kEnd)
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
