#include "server/caller/wire_telnyx.h"

#include "plugins/base/base64.h"
#include "plugins/base/json.h"
#include "plugins/law/g711.h"

#include <algorithm>

namespace centralita::caller {
namespace {

using Kind = WireMessage::Kind;
using Codec = TelnyxCodec::Kind;

void check_members(simdjson::dom::object object, std::initializer_list<std::string_view> known,
                   WireMessage& message) {
  for (const auto field : object)
    if (std::find(known.begin(), known.end(), field.key) == known.end())
      message.violates("unknown field '" + std::string(field.key) + "'");
}

}  // namespace

const char* TelnyxCodec::name() const {
  switch (kind) {
    case Kind::kPcmu:
      return "PCMU";
    case Kind::kPcma:
      return "PCMA";
    case Kind::kL16:
      return "L16";
  }
  return "";
}

std::optional<TelnyxCodec> TelnyxCodec::named(std::string_view name) {
  for (const auto kind : {Kind::kPcmu, Kind::kPcma, Kind::kL16})
    if (const TelnyxCodec codec{.kind = kind}; codec.name() == name)
      return codec;
  return std::nullopt;
}

TelnyxWire::TelnyxWire(TelnyxStreamIds ids, TelnyxCodec sent, TelnyxCodec taken,
                       Parameters custom_parameters)
    : ids_(std::move(ids)),
      sent_(sent),
      taken_(taken),
      custom_parameters_(std::move(custom_parameters)) {}

std::string TelnyxWire::next_sequence() { return std::to_string(++sequence_); }

std::vector<std::string> TelnyxWire::opening() {
  json::Object parameters;
  for (const auto& [name, value] : custom_parameters_) parameters.set(name.c_str(), value);
  json::Object start;
  start.set("user_id", "3E6F995F-85F7-4705-9741-53B116D28237")
      .set("call_control_id", ids_.call_control_id)
      .set("call_session_id", ids_.call_session_id)
      .set("from", ids_.from)
      .set("to", ids_.to)
      .set("tags", json::Array())
      .set("custom_parameters", parameters)
      .set("media_format", json::Object()
                               .set("encoding", sent_.name())
                               .set("sample_rate", sent_.rate_hz())
                               .set("channels", 1));
  if (ids_.client_state.empty())
    start.set("client_state", nullptr);
  else
    start.set("client_state", ids_.client_state);
  return {json::Object().set("event", "connected").set("version", "1.0.0").to_string(),
          json::Object()
              .set("event", "start")
              .set("sequence_number", next_sequence())
              .set("stream_id", ids_.stream_id)
              .set("start", start)
              .to_string()};
}

void TelnyxWire::encode(std::span<const std::int16_t> frame) {
  if (sent_.kind != Codec::kL16) {
    bytes_.resize(frame.size());
    if (sent_.kind == Codec::kPcmu)
      g711::encode<g711::Law::kMu>(frame, bytes_);
    else
      g711::encode<g711::Law::kA>(frame, bytes_);
    return;
  }
  bytes_.resize(frame.size() * 2);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const auto bits = static_cast<std::uint16_t>(frame[i]);
    bytes_[2 * i + (sent_.big_endian ? 1 : 0)] = static_cast<std::uint8_t>(bits);
    bytes_[2 * i + (sent_.big_endian ? 0 : 1)] = static_cast<std::uint8_t>(bits >> 8);
  }
}

bool TelnyxWire::decode(std::vector<std::int16_t>& samples) const {
  if (taken_.kind != Codec::kL16) {
    samples.resize(bytes_.size());
    if (taken_.kind == Codec::kPcmu)
      g711::decode<g711::Law::kMu>(bytes_, samples);
    else
      g711::decode<g711::Law::kA>(bytes_, samples);
    return bytes_.size() >= 160;
  }
  samples.resize(bytes_.size() / 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto low = bytes_[2 * i + (taken_.big_endian ? 1 : 0)];
    const auto high = bytes_[2 * i + (taken_.big_endian ? 0 : 1)];
    samples[i] = static_cast<std::int16_t>(low | high << 8);
  }
  return bytes_.size() % 2 == 0 && bytes_.size() >= static_cast<std::size_t>(taken_.rate_hz() / 25);
}

std::string_view TelnyxWire::media(std::span<const std::int16_t> frame) {
  encode(frame);
  ++chunk_;
  media_text_ = R"({"event":"media","sequence_number":")" + next_sequence() + R"(","stream_id":")" +
                ids_.stream_id + R"(","media":{"track":"inbound","chunk":")" +
                std::to_string(chunk_) + R"(","timestamp":")" + std::to_string(chunk_ * 20) +
                R"(","payload":")";
  base64_encode(bytes_, media_text_);
  media_text_ += R"("}})";
  return media_text_;
}

std::string TelnyxWire::mark(std::string_view name) {
  return json::Object()
      .set("event", "mark")
      .set("sequence_number", next_sequence())
      .set("stream_id", ids_.stream_id)
      .set("mark", json::Object().set("name", name))
      .to_string();
}

std::optional<std::string> TelnyxWire::dtmf(char digit) {
  return json::Object()
      .set("event", "dtmf")
      .set("stream_id", ids_.stream_id)
      .set("occurred_at", "2026-01-01T00:00:00.000000Z")
      .set("sequence_number", next_sequence())
      .set("dtmf", json::Object().set("digit", std::string_view(&digit, 1)))
      .to_string();
}

std::string TelnyxWire::closing() {
  return json::Object()
      .set("event", "stop")
      .set("sequence_number", next_sequence())
      .set("stream_id", ids_.stream_id)
      .set("stop", json::Object()
                       .set("user_id", "3E6F995F-85F7-4705-9741-53B116D28237")
                       .set("call_control_id", ids_.call_control_id))
      .to_string();
}

void TelnyxWire::parse(std::string_view text, WireMessage& message) {
  message.kind = Kind::kUnknown;
  message.violation.clear();
  simdjson::dom::object root, body;
  std::string_view event, value;
  if (parser_.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS)
    return message.violates("not a JSON object (100003)");
  if (root["event"].get(event) != simdjson::SUCCESS)
    return message.violates("no event (100003)");
  if (event == "clear") {
    check_members(root, {"event"}, message);
    message.kind = Kind::kClear;
    return;
  }
  if (event != "media" && event != "mark")
    return message.violates("unknown event '" + std::string(event) + "'");
  check_members(root, {"event", event}, message);
  if (root[event].get(body) != simdjson::SUCCESS)
    return message.violates(std::string(event) + " without its object (100003)");
  if (event == "mark") {
    if (body["name"].get(value) != simdjson::SUCCESS)
      return message.violates("mark without a name");
    message.name = value;
    message.kind = Kind::kMark;
    return;
  }
  check_members(body, {"payload"}, message);
  if (body["payload"].get(value) != simdjson::SUCCESS || !base64_decode(value, bytes_))
    return message.violates("media whose payload is not base64 (100004)");
  if (!decode(message.audio))
    message.violates("media of less than 20 ms");
  message.kind = Kind::kAudio;
}

}  // namespace centralita::caller
