#include "server/webhooks/webhook_signature.h"

#include "plugins/base/ref.h"

#include <array>

namespace centralita {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr gsize kSha256Size = 32;

std::string key_of(std::string_view secret) {
  if (!secret.starts_with(kPrefix))
    return std::string(secret);
  const std::string encoded(secret.substr(kPrefix.size()));
  gsize size = 0;
  const std::unique_ptr<guchar, FreeWith<g_free>> key(g_base64_decode(encoded.c_str(), &size));
  return std::string(reinterpret_cast<const char*>(key.get()), size);
}

}  // namespace

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
  const auto key = key_of(secret);
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
