#include "server/media_stream/browser_wire.h"

#include "plugins/base/base64.h"
#include "server/event_json.h"
#include "server/timings_json.h"

namespace centralita {

std::optional<WireFormat> browser_format(const std::string& encoding) {
  using Encoding = WireFormat::Encoding;
  if (encoding.empty() || encoding == "audio/pcm")
    return WireFormat{Encoding::kPcm, 16000};
  if (encoding == "audio/x-mulaw")
    return WireFormat{Encoding::kMulaw, 8000};
  if (encoding == "audio/x-alaw")
    return WireFormat{Encoding::kAlaw, 8000};
  return std::nullopt;
}

const std::string& BrowserWire::media(std::span<const std::uint8_t> frame) {
  text_ = R"({"type":"audio","data":")";
  base64_encode(frame, text_);
  text_ += "\"}";
  return text_;
}

const std::string& BrowserWire::mark(const std::string& name) {
  text_ =
      json::Object().set("event", "mark").set("mark", json::Object().set("name", name)).to_string();
  return text_;
}

const std::string& BrowserWire::clear() {
  text_ = R"({"event":"clear"})";
  return text_;
}

std::string BrowserWire::state(TurnState state) {
  return json::Object().set("type", "state").set("state", name_of(state)).to_string();
}

std::string BrowserWire::turn(const TurnFinished& turn) {
  return json::Object()
      .set("type", "transcript")
      .set("role", name_of(turn.role))
      .set("text", turn.content)
      .set("generated", turn.generated)
      .set("turn", turn.number)
      .set("interrupted", turn.interrupted)
      .to_string();
}

std::string BrowserWire::clause(int turn, const std::string& text) {
  return json::Object()
      .set("type", "transcript")
      .set("role", name_of(Role::kAgent))
      .set("text", text)
      .set("turn", turn)
      .to_string();
}

std::string BrowserWire::timings(int turn, const TurnTimings& timings) {
  return to_json(timings).set("type", "timings").set("turn", turn).to_string();
}

std::string BrowserWire::tool(const ToolFinished& tool) {
  return to_json(tool).set("type", "tool").to_string();
}

std::string BrowserWire::error(const std::string& code, const std::string& text) {
  return json::Object().set("type", "error").set("code", code).set("text", text).to_string();
}

std::string BrowserWire::event(const CallEvent& event) {
  return json::Object()
      .set("type", "event")
      .set("name", event.name)
      .set("detail", event.detail)
      .set("since_start_ms", static_cast<std::int64_t>(event.since_start.count()))
      .to_string();
}

std::string BrowserWire::end(const CallEnded& end) {
  return json::Object()
      .set("type", "end")
      .set("cause", end.end_cause)
      .set("error", end.error)
      .to_string();
}

}  // namespace centralita
