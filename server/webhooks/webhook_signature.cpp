#include "server/webhooks/webhook_signature.h"

#include "plugins/base/ref.h"

#include <sodium.h>

#include <array>
#include <optional>

namespace centralita {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr gsize kSha256Size = 32;

// None: what follows the prefix is no base64. GLib's decoder would pass over what is wrong, and
// sign with a key that the receiver does not have.
std::optional<std::string> key_of(std::string_view secret) {
  if (!secret.starts_with(kPrefix))
    return std::string(secret);
  const auto encoded = secret.substr(kPrefix.size());
  std::string key(encoded.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), encoded.data(),
                        encoded.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      size == 0)
    return std::nullopt;
  key.resize(size);
  return key;
}

}  // namespace

bool is_webhook_secret(std::string_view secret) { return key_of(secret).has_value(); }

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
  const auto key = key_of(secret).value_or("");
  const auto head = std::string(id) + "." + std::to_string(timestamp) + ".";
  const std::unique_ptr<GHmac, FreeWith<g_hmac_unref>> hmac(
      g_hmac_new(G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(key.data()), key.size()));
  for (const auto part : {std::string_view(head), body})
    g_hmac_update(hmac.get(), reinterpret_cast<const guchar*>(part.data()),
                  static_cast<gssize>(part.size()));
  std::array<guint8, kSha256Size> digest = {};
  gsize size = digest.size();
  g_hmac_get_digest(hmac.get(), digest.data(), &size);
  return std::string("v1,") + OwnedString(g_base64_encode(digest.data(), size)).get();
}

}  // namespace centralita
