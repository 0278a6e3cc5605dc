// Telnyx' media streaming in its "rtp" mode, server to Telnyx
// (developers.telnyx.com, "Media streaming over WebSockets"): media, mark, clear. No stream_id is
// needed, as a connection has one stream.
#pragma once

#include "server/media_stream/l16_order.h"
#include "server/media_stream/wire.h"

#include <optional>
#include <vector>

namespace centralita {

class TelnyxWire final : public Wire {
 public:
  // `format`: as it was asked for when the stream was started. `order`: of L16; outlives the wire.
  TelnyxWire(WireFormat format, const L16Order& order) : format_(format), order_(order) {}
  const char* client_type() const override { return "telnyx"; }
  WireFormat format() const override { return format_; }

  const std::string& media(std::span<const std::uint8_t> frame) override;
  const std::string& mark(const std::string& name) override;
  const std::string& clear() override;

 private:
  const WireFormat format_;
  const L16Order& order_;
  std::vector<std::uint8_t> swapped_;
  std::string text_;
};

// What a start message calls `encoding` at `rate` (0: not said). Empty: not one that we speak.
std::optional<WireFormat> telnyx_format(const std::string& encoding, std::int64_t rate);

// What Telnyx is asked to be sent.
WireFormat telnyx_format(TelnyxSettings::Codec codec);

}  // namespace centralita
