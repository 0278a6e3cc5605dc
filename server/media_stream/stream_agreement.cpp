#include "server/media_stream/stream_agreement.h"

#include "server/media_stream/browser_wire.h"
#include "server/media_stream/telnyx_wire.h"
#include "server/media_stream/twilio_wire.h"

namespace centralita {
namespace {

StreamAgreement wrong_format(const std::string& is, const char* must_be) {
  return {.mistake = "the stream's format is " + is + "; it must be " + must_be,
          .wire = nullptr,
          .caller = {}};
}

// Telnyx says how the caller's codec came out; what we send is as we asked for.
StreamAgreement agree_with_telnyx(const StreamMessage& start, const TelnyxSettings& telnyx) {
  const auto format = telnyx_format(start.encoding, start.sample_rate);
  if (!format)
    return wrong_format(start.encoding + " at " + std::to_string(start.sample_rate),
                        "PCMU, PCMA or L16");
  auto order = std::make_unique<L16Order>(telnyx.l16_byte_order);
  auto wire = std::make_unique<TelnyxWire>(telnyx_format(telnyx.codec), *order);
  return {.mistake = "", .wire = std::move(wire), .caller = CallerAudio(*format, std::move(order))};
}

// Both sides speak the same.
StreamAgreement agree_by_wire(std::unique_ptr<Wire> wire, const StreamMessage& start) {
  const auto format = wire->format();
  std::string mistake;
  if (start.sample_rate != 0 && start.sample_rate != format.rate)
    mistake = "the stream's sample rate is " + std::to_string(start.sample_rate) + "; it must be " +
              std::to_string(format.rate);
  return {.mistake = std::move(mistake),
          .wire = std::move(wire),
          .caller = CallerAudio(format, nullptr)};
}

}  // namespace

StreamAgreement agree_on_stream(const std::string& client_type, const StreamMessage& start,
                                const TelnyxSettings& telnyx) {
  if (client_type == "telnyx")
    return agree_with_telnyx(start, telnyx);
  if (client_type == "browser") {
    const auto format = browser_format(start.encoding);
    if (!format)
      return wrong_format(start.encoding, "audio/pcm, audio/x-mulaw or audio/x-alaw");
    return agree_by_wire(std::make_unique<BrowserWire>(*format), start);
  }
  if (!start.encoding.empty() && start.encoding != "audio/x-mulaw")
    return wrong_format(start.encoding, "audio/x-mulaw");
  return agree_by_wire(std::make_unique<TwilioWire>(start.stream_id), start);
}

}  // namespace centralita
