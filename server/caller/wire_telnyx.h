// Telnyx' media streaming as the carrier speaks it in its "rtp" mode: messages are JSON text,
// numbers are strings except in media_format, frames carry the bare codec's bytes.
#pragma once

#include "server/caller/wire_twilio.h"

namespace centralita::caller {

struct TelnyxCodec {
  enum class Kind { kPcmu, kPcma, kL16 };
  Kind kind = Kind::kPcmu;
  bool big_endian = false;  // of L16
  int l16_rate_hz = 16000;  // 8000 is heard of as well
  int rate_hz() const { return kind == Kind::kL16 ? l16_rate_hz : 8000; }
  const char* name() const;
  // "PCMU", "PCMA", "L16"; empty for any other.
  static std::optional<TelnyxCodec> named(std::string_view name);
};

struct TelnyxStreamIds {
  std::string stream_id, call_control_id, call_session_id, from, to, client_state;
};

class TelnyxWire final : public Wire {
 public:
  // `sent`: what the carrier sends, which is the call's own codec where it cannot transcode;
  // `taken`: what it was asked to take. Of one rate, as the telephone has one.
  TelnyxWire(TelnyxStreamIds ids, TelnyxCodec sent, TelnyxCodec taken,
             Parameters custom_parameters);

  int rate_hz() const override { return sent_.rate_hz(); }
  std::vector<std::string> opening() override;  // connected, start
  std::string_view media(std::span<const std::int16_t> frame) override;
  std::string mark(std::string_view name) override;
  std::optional<std::string> dtmf(char digit) override;
  std::string closing() override;  // stop
  bool server_closes_first() const override { return false; }
  // Checks the message as far as the documents go: a known event with its members and no others,
  // media of at least 20 ms.
  void parse(std::string_view text, WireMessage& message) override;

 private:
  std::string next_sequence();
  void encode(std::span<const std::int16_t> frame);
  bool decode(std::vector<std::int16_t>& samples) const;

  const TelnyxStreamIds ids_;
  const TelnyxCodec sent_, taken_;
  const Parameters custom_parameters_;
  std::uint64_t sequence_ = 0, chunk_ = 0;
  std::string media_text_;
  std::vector<std::uint8_t> bytes_;
  simdjson::dom::parser parser_;
};

}  // namespace centralita::caller
