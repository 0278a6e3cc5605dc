#include "plugins/base/metadata_host.h"

#include "plugins/base/ref.h"

#include <gio/gio.h>

#include <algorithm>
#include <array>

namespace centralita {

template <>
struct RefTraits<GInetAddress> : GObjectTraits {};

namespace {

constexpr std::size_t kMapped = 12;  // bytes of ::ffff:0:0/96 before the IPv4 address

bool is_forbidden_v4(const guint8* b) {
  return (b[0] == 169 && b[1] == 254) || (b[0] == 100 && b[1] == 100 && b[2] == 100 && b[3] == 200);
}

bool is_forbidden_v6(const guint8* b) {
  const bool zeros = std::all_of(b, b + kMapped - 2, [](guint8 byte) { return byte == 0; });
  if (zeros && ((b[10] == 0xff && b[11] == 0xff) || (b[10] == 0 && b[11] == 0)))
    return is_forbidden_v4(b + kMapped);
  return (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) ||
         (b[0] == 0xfd && b[1] == 0x00 && b[2] == 0x0e && b[3] == 0xc2);
}

}  // namespace

bool is_metadata_host(const std::string& host) {
  std::string name = host;
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    name = name.substr(1, name.size() - 2);
  name = name.substr(0, name.find('%'));  // an IPv6 zone
  if (!name.empty() && name.back() == '.')
    name.pop_back();
  std::transform(name.begin(), name.end(), name.begin(), g_ascii_tolower);
  constexpr std::array kNames = {"metadata", "metadata.google.internal", "metadata.goog",
                                 "instance-data", "instance-data.ec2.internal"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end())
    return true;
  if (const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(name.c_str()))) {
    const auto* bytes = g_inet_address_to_bytes(address.get());
    return g_inet_address_get_family(address.get()) == G_SOCKET_FAMILY_IPV4
               ? is_forbidden_v4(bytes)
               : is_forbidden_v6(bytes);
  }
  const auto last = name.substr(name.rfind('.') + 1);  // npos + 1 is 0: the whole name
  return !last.empty() &&
         (last.starts_with("0x") ||
          std::all_of(last.begin(), last.end(), [](char c) { return g_ascii_isdigit(c); }));
}

}  // namespace centralita
