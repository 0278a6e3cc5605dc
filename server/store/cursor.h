// Where a page of the history ended, as a word that fits in a URL. It names the last call shown, so
// that calls that begin meanwhile move nothing: the next page goes on behind that call. It belongs
// to the filter of its page.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace centralita::store {

struct Cursor {
  std::chrono::microseconds start_time{};  // since 1970, UTC
  std::int64_t id = 0;
  std::uint32_t filter = 0;  // CallFilter::fingerprint()
};

std::string encode_cursor(const Cursor& cursor);             // base64url without padding
std::optional<Cursor> decode_cursor(std::string_view text);  // empty: not one of ours

}  // namespace centralita::store
