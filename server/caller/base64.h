// Base64 of the standard alphabet with padding (RFC 4648 section 4). The decoder is strict, because
// a caller that forgives what a carrier would not is no test.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::caller {

// Appends to `out`.
void base64_append(std::span<const std::uint8_t> bytes, std::string& out);

// Replaces `out`. False, with `out` unspecified, when the text is not base64 in whole groups of
// four.
bool base64_decode(std::string_view text, std::vector<std::uint8_t>& out);

}  // namespace centralita::caller
