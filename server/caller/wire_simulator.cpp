#include "server/caller/wire_simulator.h"

#include "plugins/base/base64.h"
#include "plugins/base/json.h"

namespace centralita::caller {
namespace {

using Kind = WireMessage::Kind;

std::string text_of(simdjson::dom::object object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

}  // namespace

SimulatorWire::SimulatorWire(std::string stream_sid, std::string call_sid)
    : stream_sid_(std::move(stream_sid)), call_sid_(std::move(call_sid)) {}

std::vector<std::string> SimulatorWire::opening() {
  return {json::Object()
              .set("event", "start")
              .set("start", json::Object()
                                .set("streamSid", stream_sid_)
                                .set("callSid", call_sid_)
                                .set("media_format", json::Object()
                                                         .set("encoding", "audio/pcm")
                                                         .set("sample_rate", 16000)
                                                         .set("channels", 1)))
              .to_string()};
}

std::string_view SimulatorWire::media(std::span<const std::int16_t> frame) {
  bytes_.clear();
  for (const std::int16_t sample : frame) {
    const auto bits = static_cast<std::uint16_t>(sample);
    bytes_.push_back(static_cast<std::uint8_t>(bits));
    bytes_.push_back(static_cast<std::uint8_t>(bits >> 8));
  }
  media_text_ = R"({"event":"media","media":{"track":"inbound","payload":")";
  base64_encode(bytes_, media_text_);
  media_text_ += R"("}})";
  return media_text_;
}

std::string SimulatorWire::mark(std::string_view name) {
  return json::Object()
      .set("event", "mark")
      .set("mark", json::Object().set("name", name))
      .to_string();
}

std::string SimulatorWire::closing() { return json::Object().set("event", "stop").to_string(); }

void SimulatorWire::parse(std::string_view text, WireMessage& message) {
  message.kind = Kind::kUnknown;
  message.violation.clear();
  simdjson::dom::object root;
  if (parser_.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    message.violation = "not a JSON object";
    return;
  }
  std::string_view word;
  if (root["type"].get(word) == simdjson::SUCCESS)
    return parse_typed(root, word, message);
  if (root["event"].get(word) != simdjson::SUCCESS) {
    message.violation = "neither a type nor an event";
  } else if (word == "clear") {
    message.kind = Kind::kClear;
  } else if (word == "mark") {
    std::string_view name;
    if (root["mark"]["name"].get(name) == simdjson::SUCCESS) {
      message.kind = Kind::kMark;
      message.name = name;
    } else {
      message.violation = "mark without a name";
    }
  } else {
    message.violation = "unknown event '" + std::string(word) + "'";
  }
}

void SimulatorWire::parse_typed(simdjson::dom::object root, std::string_view type,
                                WireMessage& message) {
  std::int64_t turn = 0;
  message.turn = root["turn"].get(turn) == simdjson::SUCCESS ? static_cast<int>(turn) : 0;
  if (type == "audio") {
    std::string_view data;
    if (root["data"].get(data) != simdjson::SUCCESS || data.empty() ||
        !base64_decode(data, bytes_) || bytes_.size() % 2 != 0) {
      message.violation = "audio whose data is not base64 of 16-bit samples";
      return;
    }
    message.audio.resize(bytes_.size() / 2);
    for (std::size_t i = 0; i < message.audio.size(); ++i)
      message.audio[i] = static_cast<std::int16_t>(bytes_[2 * i] | bytes_[2 * i + 1] << 8);
    message.kind = Kind::kAudio;
  } else if (type == "transcript") {
    bool interrupted = false;
    message.interrupted = root["interrupted"].get(interrupted) == simdjson::SUCCESS && interrupted;
    message.role = text_of(root, "role");
    message.text = text_of(root, "text");
    message.kind = Kind::kTranscript;
    if (message.role != "user" && message.role != "assistant")
      message.violation = "transcript of role '" + message.role + "'";
  } else if (type == "state") {
    message.name = text_of(root, "state");
    message.kind = Kind::kState;
  } else if (type == "timings") {
    message.json = simdjson::minify(root);
    message.kind = Kind::kTimings;
  } else if (type == "error") {
    message.name = text_of(root, "code");
    message.text = text_of(root, "text");
    message.kind = Kind::kError;
  } else if (type == "end") {
    message.name = text_of(root, "cause");
    message.kind = Kind::kEnd;
  } else if (type != "tool" && type != "event") {  // those are for people to read
    message.violation = "unknown type '" + std::string(type) + "'";
  }
}

}  // namespace centralita::caller
