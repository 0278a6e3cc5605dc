// telnyx-signature-ed25519: who really sent a webhook. Signed is the timestamp, "|" and the raw
// body (RFC 8032 Ed25519, by libsodium, in constant time).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace centralita {

class TelnyxPublicKey {
 public:
  // As the portal shows it: base64 of 32 bytes. Empty for anything else.
  static std::optional<TelnyxPublicKey> from_base64(const std::string& text);
  const std::uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

// How old, and how far ahead of our clock, a signed request may be.
inline constexpr std::chrono::seconds kTelnyxTolerance{300};

// Empty when the request is Telnyx's own and fresh; else a sentence that says what is wrong.
std::string telnyx_signature_error(const TelnyxPublicKey& key, const std::string& signature,
                                   const std::string& timestamp, const std::string& body,
                                   std::chrono::system_clock::time_point now);

}  // namespace centralita
