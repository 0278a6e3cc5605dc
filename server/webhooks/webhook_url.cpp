#include "server/webhooks/webhook_url.h"

#include "plugins/base/ref.h"
#include "server/telephony/public_address.h"  // GInetAddress

#include <algorithm>

namespace centralita {

bool is_private_address(GInetAddress* address) {
  if (g_inet_address_get_is_any(address) || g_inet_address_get_is_loopback(address) ||
      g_inet_address_get_is_link_local(address) || g_inet_address_get_is_site_local(address) ||
      g_inet_address_get_is_multicast(address))
    return true;
  const auto* bytes = g_inet_address_to_bytes(address);
  if (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4)
    return bytes[0] == 0 || (bytes[0] == 100 && (bytes[1] & 0xC0) == 64) || bytes[0] >= 240;
  if ((bytes[0] & 0xFE) == 0xFC)  // unique local
    return true;
  // An IPv4 address in IPv6's clothes.
  const bool mapped = std::all_of(bytes, bytes + 10, [](guint8 b) { return b == 0; }) &&
                      bytes[10] == 0xFF && bytes[11] == 0xFF;
  if (!mapped)
    return false;
  const auto inner =
      Ref<GInetAddress>::adopt(g_inet_address_new_from_bytes(bytes + 12, G_SOCKET_FAMILY_IPV4));
  return is_private_address(inner.get());
}

std::optional<agents::Words> problem_with_webhook_url(const std::string& url, bool allow_private) {
  const auto uri = Ref<GUri>::adopt(g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, nullptr));
  const char* host = uri ? g_uri_get_host(uri.get()) : nullptr;
  if (!host || !*host)
    return agents::Words{"La dirección debe ser completa: https://ejemplo.com/ruta",
                         "The address must be a whole one: https://example.com/path"};
  if (g_uri_get_userinfo(uri.get()))
    return agents::Words{"La dirección no debe llevar usuario ni contraseña.",
                         "The address must hold no user name or password."};
  if (g_uri_get_fragment(uri.get()))
    return agents::Words{"La dirección no debe llevar nada después de #.",
                         "The address must hold nothing after a #."};
  const auto literal = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host));
  const std::string name(host);
  const bool local = name == "localhost" || name.ends_with(".localhost") ||
                     (literal && is_private_address(literal.get()));
  if (local && !allow_private)
    return agents::Words{
        "La dirección lleva a una red privada. Para permitirlo, ponga WEBHOOKS_ALLOW_PRIVATE=1 en "
        "el entorno del servidor.",
        "The address leads into a private network. To allow that, set WEBHOOKS_ALLOW_PRIVATE=1 in "
        "the server's environment."};
  const std::string scheme = g_uri_get_scheme(uri.get());
  if (scheme == "https" || (scheme == "http" && allow_private))
    return std::nullopt;
  return agents::Words{"La dirección debe empezar con https://",
                       "The address must begin with https://"};
}

}  // namespace centralita
