// Twilio Media Streams as the carrier speaks it on a bidirectional stream: messages are JSON text,
// numbers are strings except in mediaFormat, sequenceNumber grows by one a message from "1" at
// start, audio is mu-law at 8000 Hz.
#pragma once

#include "server/caller/wire.h"

#include <simdjson.h>

#include <utility>

namespace centralita::caller {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct TwilioIds {
  std::string stream_sid;   // MZ + 32 hex digits
  std::string account_sid;  // AC + 32 hex digits
  std::string call_sid;     // CA + 32 hex digits
};

class TwilioWire final : public Wire {
 public:
  TwilioWire(TwilioIds ids, Parameters custom_parameters);

  int rate_hz() const override { return 8000; }
  std::vector<std::string> opening() override;  // connected, start
  std::string_view media(std::span<const std::int16_t> frame) override;
  std::string mark(std::string_view name) override;
  std::optional<std::string> dtmf(char digit) override;
  std::string closing() override;  // stop
  bool server_closes_first() const override { return false; }
  // Checks the message as Twilio's 31951 does: the event is known, its fields are there and no
  // others, streamSid is this stream's. What fails on its essentials is of kind kUnknown.
  void parse(std::string_view text, WireMessage& message) override;

 private:
  std::string next_sequence();
  void parse_media(simdjson::dom::object media, WireMessage& message);

  const TwilioIds ids_;
  const Parameters custom_parameters_;
  std::uint64_t sequence_ = 0, chunk_ = 0, samples_sent_ = 0;
  std::string media_text_;
  std::vector<std::uint8_t> bytes_;
  simdjson::dom::parser parser_;
};

}  // namespace centralita::caller
