#include "plugins/dialog/token_estimate.h"

namespace centralita {

std::size_t estimate_tokens(std::string_view text) {
  constexpr unsigned char kFirstWide = 0xE2;  // leads U+2000 to U+2FFF; above it all is wide
  std::size_t quarters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      quarters += 1;
    else if (byte >= 0xC0)  // the first byte of a character; the others do not count
      quarters += byte <= kFirstWide ? 2 : 4;
  }
  return (quarters + 3) / 4;
}

}  // namespace centralita
