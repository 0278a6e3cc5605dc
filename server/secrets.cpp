#include "server/secrets.h"

#include "plugins/base/ref.h"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace centralita {
namespace {

void ready() { g_assert(sodium_init() >= 0); }

std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string text(size * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes, size);
  text.pop_back();
  return text;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

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

std::string token_hash(std::string_view purpose, std::string_view token) {
  ready();
  const std::string text = std::string(purpose) + ":" + std::string(token);
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash(hash.data(), hash.size(), bytes_of(text), text.size(), nullptr, 0);
  return hex(hash.data(), hash.size());
}

std::string keyed_hash(std::string_view key, std::string_view text) {
  ready();
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash(hash.data(), hash.size(), bytes_of(text), text.size(), bytes_of(key),
                     std::min<std::size_t>(key.size(), crypto_generichash_KEYBYTES_MAX));
  return hex(hash.data(), hash.size());
}

std::string hash_password(const std::string& password) {
  ready();
  std::array<char, crypto_pwhash_STRBYTES> hash;
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(),
                        crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    return "";  // no memory for it
  return hash.data();
}

bool check_password(const std::string& hash, const std::string& password) {
  ready();
  // Of nobody's password: the answer to a name that there is not takes as long.
  static const std::string kNobody = hash_password(random_token());
  const bool known = hash.size() < crypto_pwhash_STRBYTES && hash.starts_with("$argon2id$");
  const bool right = crypto_pwhash_str_verify((known ? hash : kNobody).c_str(), password.data(),
                                              password.size()) == 0;
  return known && right;
}

}  // namespace centralita
