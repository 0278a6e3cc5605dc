#include "server/caller/twilio_webhook.h"

#include "plugins/base/ref.h"

#include <algorithm>

namespace centralita::caller {
namespace {

struct HmacDelete {
  void operator()(GHmac* p) const noexcept { g_hmac_unref(p); }
};

void append_escaped(const std::string& text, std::string& out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const unsigned char c : text) {
    if (g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '*') {
      out += static_cast<char>(c);
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
}

}  // namespace

std::string twilio_signature(const std::string& auth_token, const std::string& url,
                             const Parameters& fields) {
  // std::string compares bytes as unsigned, which is the order wanted.
  Parameters sorted = fields;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string signed_text = url;
  for (const auto& [name, value] : sorted) signed_text += name + value;

  const std::unique_ptr<GHmac, HmacDelete> hmac(g_hmac_new(
      G_CHECKSUM_SHA1, reinterpret_cast<const guchar*>(auth_token.data()), auth_token.size()));
  g_hmac_update(hmac.get(), reinterpret_cast<const guchar*>(signed_text.data()),
                static_cast<gssize>(signed_text.size()));
  guint8 digest[20];
  gsize size = sizeof digest;
  g_hmac_get_digest(hmac.get(), digest, &size);
  return OwnedString(g_base64_encode(digest, size)).get();
}

Parameters incoming_call_fields(const TwilioIds& ids, const std::string& from,
                                const std::string& to) {
  return {{"AccountSid", ids.account_sid},
          {"ApiVersion", "2010-04-01"},
          {"CallSid", ids.call_sid},
          {"CallStatus", "ringing"},
          {"Called", to},
          {"Caller", from},
          {"Direction", "inbound"},
          {"From", from},
          {"To", to}};
}

std::string form_body(const Parameters& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    if (!body.empty())
      body += '&';
    append_escaped(name, body);
    body += '=';
    append_escaped(value, body);
  }
  return body;
}

std::string random_sid(const char* prefix) {
  const OwnedString uuid(g_uuid_string_random());
  std::string sid = prefix;
  for (const char* c = uuid.get(); *c; ++c)
    if (*c != '-')
      sid += *c;
  return sid;
}

}  // namespace centralita::caller
