#include "server/media_stream/telnyx_wire.h"

#include "plugins/base/base64.h"
#include "plugins/base/json.h"

namespace centralita {

const std::string& TelnyxWire::media(std::span<const std::uint8_t> frame) {
  text_ = R"({"event":"media","media":{"payload":")";
  if (format_.encoding == WireFormat::Encoding::kPcm && order_.big_endian()) {
    swapped_.assign(frame.begin(), frame.end());
    swap_bytes(swapped_);
    frame = swapped_;
  }
  base64_encode(frame, text_);
  text_ += "\"}}";
  return text_;
}

const std::string& TelnyxWire::mark(const std::string& name) {
  text_ =
      json::Object().set("event", "mark").set("mark", json::Object().set("name", name)).to_string();
  return text_;
}

const std::string& TelnyxWire::clear() {
  text_ = R"({"event":"clear"})";
  return text_;
}

std::optional<WireFormat> telnyx_format(const std::string& encoding, std::int64_t rate) {
  using Encoding = WireFormat::Encoding;
  WireFormat format;
  if (encoding == "PCMU" || encoding == "audio/x-mulaw")
    format.encoding = Encoding::kMulaw;
  else if (encoding == "PCMA" || encoding == "audio/x-alaw")
    format.encoding = Encoding::kAlaw;
  else if (encoding == "L16" || encoding == "audio/l16")
    format.encoding = Encoding::kPcm;
  else
    return std::nullopt;
  const bool pcm = format.encoding == Encoding::kPcm;
  format.rate = rate == 0 ? (pcm ? 16000 : 8000) : static_cast<int>(rate);
  if (format.rate != 8000 && !(pcm && format.rate == 16000))
    return std::nullopt;
  return format;
}

WireFormat telnyx_format(TelnyxSettings::Codec codec) {
  using Encoding = WireFormat::Encoding;
  switch (codec) {
    case TelnyxSettings::Codec::kPcmu:
      return {Encoding::kMulaw, 8000};
    case TelnyxSettings::Codec::kPcma:
      return {Encoding::kAlaw, 8000};
    case TelnyxSettings::Codec::kL16:
      return {Encoding::kPcm, 16000};
    case TelnyxSettings::Codec::kL16Narrow:
      return {Encoding::kPcm, 8000};
  }
  return {};
}

}  // namespace centralita
