#include "server/secrets.h"

#include "plugins/base/ref.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace centralita {

std::string random_token() {
  std::array<unsigned char, 32> bytes;
  g_assert(getentropy(bytes.data(), bytes.size()) == 0);
  std::string text = OwnedString(g_base64_encode(bytes.data(), bytes.size())).get();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(text.find('='));
  return text;
}

bool same_secret(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() == secret.size() && !secret.empty() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i]) ^
                  static_cast<unsigned char>(secret.empty() ? 0 : secret[i % secret.size()]);
  return difference == 0;
}

}  // namespace centralita
