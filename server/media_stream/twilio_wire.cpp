#include "server/media_stream/twilio_wire.h"

#include "plugins/base/base64.h"
#include "plugins/base/json.h"

namespace centralita {
namespace {

// Everything up to the member that differs from message to message.
std::string head(const char* event, const std::string& stream_id) {
  auto text = json::Object().set("event", event).set("streamSid", stream_id).to_string();
  text.pop_back();
  return text;
}

}  // namespace

TwilioWire::TwilioWire(const std::string& stream_id)
    : media_head_(head("media", stream_id) + R"(,"media":{"payload":")"),
      mark_head_(head("mark", stream_id) + R"(,"mark":)"),
      clear_(head("clear", stream_id) + "}") {}

const std::string& TwilioWire::media(std::span<const std::uint8_t> frame) {
  text_ = media_head_;
  base64_encode(frame, text_);
  text_ += "\"}}";
  return text_;
}

const std::string& TwilioWire::mark(const std::string& name) {
  text_ = mark_head_ + json::Object().set("name", name).to_string() + "}";
  return text_;
}

const std::string& TwilioWire::clear() { return clear_; }

}  // namespace centralita
