#include "plugins/base/base64.h"

#include <array>

namespace centralita {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kInvalid = 0xFF;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}();

std::uint32_t value(char c) { return kValues[static_cast<unsigned char>(c)]; }

}  // namespace

bool base64_decode(std::string_view text, std::vector<std::uint8_t>& bytes) {
  bytes.clear();
  if (text.size() % 4 != 0)
    return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(text.size() / 4 * 3);
  std::uint32_t wrong = 0;
  std::size_t out = 0;
  const std::size_t whole = padding ? text.size() - 4 : text.size();
  for (std::size_t i = 0; i < whole; i += 4) {
    const auto a = value(text[i]), b = value(text[i + 1]), c = value(text[i + 2]),
               d = value(text[i + 3]);
    wrong |= (a | b | c | d) & 0xC0;
    bytes[out++] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    bytes[out++] = static_cast<std::uint8_t>(b << 4 | c >> 2);
    bytes[out++] = static_cast<std::uint8_t>(c << 6 | d);
  }
  if (padding) {
    const auto a = value(text[whole]), b = value(text[whole + 1]);
    const auto c = padding == 1 ? value(text[whole + 2]) : 0;
    wrong |= (a | b | c) & 0xC0;
    // The bits that no byte takes must be zero: there is one way to write a sequence of bytes.
    wrong |= padding == 2 ? b & 0x0F : c & 0x03;
    bytes[out++] = static_cast<std::uint8_t>(a << 2 | b >> 4);
    if (padding == 1)
      bytes[out++] = static_cast<std::uint8_t>(b << 4 | c >> 2);
  }
  bytes.resize(wrong ? 0 : out);
  return !wrong;
}

void base64_encode(std::span<const std::uint8_t> bytes, std::string& text) {
  std::size_t out = text.size();
  text.resize(out + (bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                static_cast<std::uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
    text[out++] = kAlphabet[group >> 18];
    text[out++] = kAlphabet[group >> 12 & 63];
    text[out++] = kAlphabet[group >> 6 & 63];
    text[out++] = kAlphabet[group & 63];
  }
  if (const auto rest = bytes.size() - i; rest > 0) {
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                (rest == 2 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8 : 0);
    text[out++] = kAlphabet[group >> 18];
    text[out++] = kAlphabet[group >> 12 & 63];
    text[out++] = rest == 2 ? kAlphabet[group >> 6 & 63] : '=';
    text[out++] = '=';
  }
}

}  // namespace centralita
