// Base64 (RFC 4648 section 4) for media payloads: strict, and without an allocation once the
// buffers have grown. GLib's decoder skips what it does not know, which would turn a broken frame
// into noise.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

// Replaces `bytes`. False for any character, length or padding that the standard does not allow;
// `bytes` is then empty.
bool base64_decode(std::string_view text, std::vector<std::uint8_t>& bytes);

// Appends to `text`.
void base64_encode(std::span<const std::uint8_t> bytes, std::string& text);

}  // namespace centralita
