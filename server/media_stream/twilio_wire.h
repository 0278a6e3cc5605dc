// Twilio Media Streams, server to Twilio (twilio.com/docs/voice/media-streams/websocket-messages):
// media, mark, clear, each with the streamSid of the start message and no field that is not
// documented.
#pragma once

#include "server/media_stream/wire.h"

namespace centralita {

class TwilioWire final : public Wire {
 public:
  explicit TwilioWire(const std::string& stream_id);
  const char* client_type() const override { return "twilio"; }
  WireFormat format() const override { return {WireFormat::Encoding::kMulaw, 8000}; }

  const std::string& media(std::span<const std::uint8_t> frame) override;
  const std::string& mark(const std::string& name) override;
  const std::string& clear() override;

 private:
  std::string media_head_, mark_head_, clear_, text_;
};

}  // namespace centralita
