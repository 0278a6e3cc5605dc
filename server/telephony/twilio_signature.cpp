#include "server/telephony/twilio_signature.h"

#include "plugins/base/ref.h"
#include "server/secrets.h"

#include <array>

namespace centralita {
namespace {

struct HmacUnref {
  void operator()(GHmac* hmac) const { g_hmac_unref(hmac); }
};

std::string url_decoded(std::string text) {
  for (auto& c : text)
    if (c == '+')
      c = ' ';
  const OwnedString decoded(g_uri_unescape_string(text.c_str(), nullptr));
  return decoded ? decoded.get() : text;
}

// scheme://host[:port] and the rest.
std::vector<std::string> candidates(const std::string& url) {
  std::vector<std::string> urls{url};
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string::npos)
    return urls;
  const auto authority_end = std::min(url.find_first_of("/?", scheme_end + 3), url.size());
  const auto scheme = url.substr(0, scheme_end);
  auto host = url.substr(scheme_end + 3, authority_end - scheme_end - 3);
  const auto rest = url.substr(authority_end);
  if (const auto colon = host.rfind(':'); colon != std::string::npos && host.back() != ']')
    host.resize(colon);
  const bool secure = scheme == "https" || scheme == "wss";
  urls.push_back(scheme + "://" + host + rest);
  urls.push_back(scheme + "://" + host + (secure ? ":443" : ":80") + rest);
  return urls;
}

}  // namespace

std::string twilio_signature(const std::string& auth_token, const std::string& url,
                             const std::multimap<std::string, std::string>& parameters) {
  std::string text = url;
  // Of a repeated name each different value counts once, in order.
  std::multimap<std::string, std::string> sorted;
  for (const auto& entry : parameters) {
    const auto [first, last] = sorted.equal_range(entry.first);
    auto at = first;
    while (at != last && at->second < entry.second) ++at;
    if (at == last || at->second != entry.second)
      sorted.emplace_hint(at, entry);
  }
  for (const auto& [name, value] : sorted) text += name + value;

  const std::unique_ptr<GHmac, HmacUnref> hmac(g_hmac_new(
      G_CHECKSUM_SHA1, reinterpret_cast<const guchar*>(auth_token.data()), auth_token.size()));
  g_hmac_update(hmac.get(), reinterpret_cast<const guchar*>(text.data()),
                static_cast<gssize>(text.size()));
  std::array<guint8, 20> digest;
  gsize size = digest.size();
  g_hmac_get_digest(hmac.get(), digest.data(), &size);
  return OwnedString(g_base64_encode(digest.data(), size)).get();
}

bool twilio_signature_matches(const std::string& auth_token, const std::string& signature,
                              const std::string& public_url,
                              const std::multimap<std::string, std::string>& parameters) {
  if (auth_token.empty() || signature.empty())
    return false;
  bool matches = false;
  for (const auto& url : candidates(public_url))
    matches |= same_secret(signature, twilio_signature(auth_token, url, parameters));
  return matches;
}

std::multimap<std::string, std::string> form_parameters(const std::string& body) {
  std::multimap<std::string, std::string> parameters;
  std::size_t at = 0;
  while (at < body.size()) {
    const auto end = std::min(body.find('&', at), body.size());
    const auto part = body.substr(at, end - at);
    at = end + 1;
    if (part.empty())
      continue;
    const auto equals = part.find('=');
    parameters.emplace(url_decoded(part.substr(0, equals)),
                       equals == std::string::npos ? "" : url_decoded(part.substr(equals + 1)));
  }
  return parameters;
}

}  // namespace centralita
