#include "server/telephony/telnyx_signature.h"

#include "plugins/base/base64.h"

#include <sodium.h>

#include <charconv>

namespace centralita {

std::optional<TelnyxPublicKey> TelnyxPublicKey::from_base64(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  TelnyxPublicKey key;
  if (!base64_decode(text, bytes) || bytes.size() != key.bytes_.size())
    return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

std::string telnyx_signature_error(const TelnyxPublicKey& key, const std::string& signature,
                                   const std::string& timestamp, const std::string& body,
                                   std::chrono::system_clock::time_point now) {
  if (signature.empty() || timestamp.empty())
    return "telnyx-signature-ed25519 or telnyx-timestamp is missing";
  std::vector<std::uint8_t> bytes;
  if (!base64_decode(signature, bytes) || bytes.size() != crypto_sign_BYTES)
    return "telnyx-signature-ed25519 is not the base64 of 64 bytes";
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc{} || end != timestamp.data() + timestamp.size() || timestamp[0] == '-')
    return "telnyx-timestamp is not a number of seconds";
  // The signature first: the age of what anybody can write says nothing.
  const auto text = timestamp + "|" + body;
  if (crypto_sign_verify_detached(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                  text.size(), key.data()) != 0)
    return "the signature is not that of the key TELNYX_PUBLIC_KEY over this request";
  const auto off = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (seconds < off - kTelnyxTolerance.count() || seconds > off + kTelnyxTolerance.count())
    return "telnyx-timestamp is more than five minutes off: an old request sent again, or a wrong "
           "clock";
  return "";
}

}  // namespace centralita
