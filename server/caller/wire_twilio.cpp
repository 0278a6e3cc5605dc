#include "server/caller/wire_twilio.h"

#include "plugins/base/base64.h"
#include "plugins/base/json.h"
#include "plugins/law/g711.h"

#include <algorithm>

namespace centralita::caller {
namespace {

using Kind = WireMessage::Kind;

// Names the members of `object` that are not among `known`.
void check_members(simdjson::dom::object object, std::initializer_list<std::string_view> known,
                   std::string_view where, WireMessage& message) {
  for (const auto field : object)
    if (std::find(known.begin(), known.end(), field.key) == known.end())
      message.violates("unknown field '" + std::string(field.key) + "' in " + std::string(where));
}

}  // namespace

TwilioWire::TwilioWire(TwilioIds ids, Parameters custom_parameters)
    : ids_(std::move(ids)), custom_parameters_(std::move(custom_parameters)) {}

std::string TwilioWire::next_sequence() { return std::to_string(++sequence_); }

std::vector<std::string> TwilioWire::opening() {
  json::Object parameters;
  for (const auto& [name, value] : custom_parameters_) parameters.set(name.c_str(), value);
  return {json::Object()
              .set("event", "connected")
              .set("protocol", "Call")
              .set("version", "1.0.0")
              .to_string(),
          json::Object()
              .set("event", "start")
              .set("sequenceNumber", next_sequence())
              .set("streamSid", ids_.stream_sid)
              .set("start", json::Object()
                                .set("streamSid", ids_.stream_sid)
                                .set("accountSid", ids_.account_sid)
                                .set("callSid", ids_.call_sid)
                                .set("tracks", json::Array().add("inbound"))
                                .set("mediaFormat", json::Object()
                                                        .set("encoding", "audio/x-mulaw")
                                                        .set("sampleRate", 8000)
                                                        .set("channels", 1))
                                .set("customParameters", parameters))
              .to_string()};
}

std::string_view TwilioWire::media(std::span<const std::int16_t> frame) {
  bytes_.resize(frame.size());
  g711::encode<g711::Law::kMu>(frame, bytes_);
  const auto timestamp_ms = samples_sent_ * 1000 / 8000;
  samples_sent_ += frame.size();
  media_text_.clear();
  media_text_ += R"({"event":"media","sequenceNumber":")";
  media_text_ += next_sequence();
  media_text_ += R"(","streamSid":")";
  media_text_ += ids_.stream_sid;  // made by us of letters and digits
  media_text_ += R"(","media":{"track":"inbound","chunk":")";
  media_text_ += std::to_string(++chunk_);
  media_text_ += R"(","timestamp":")";
  media_text_ += std::to_string(timestamp_ms);
  media_text_ += R"(","payload":")";
  base64_encode(bytes_, media_text_);
  media_text_ += R"("}})";
  return media_text_;
}

std::string TwilioWire::mark(std::string_view name) {
  return json::Object()
      .set("event", "mark")
      .set("sequenceNumber", next_sequence())
      .set("streamSid", ids_.stream_sid)
      .set("mark", json::Object().set("name", name))
      .to_string();
}

std::optional<std::string> TwilioWire::dtmf(char digit) {
  return json::Object()
      .set("event", "dtmf")
      .set("streamSid", ids_.stream_sid)
      .set("sequenceNumber", next_sequence())
      .set("dtmf",
           json::Object().set("track", "inbound_track").set("digit", std::string_view(&digit, 1)))
      .to_string();
}

std::string TwilioWire::closing() {
  return json::Object()
      .set("event", "stop")
      .set("sequenceNumber", next_sequence())
      .set("streamSid", ids_.stream_sid)
      .set("stop", json::Object().set("accountSid", ids_.account_sid).set("callSid", ids_.call_sid))
      .to_string();
}

void TwilioWire::parse(std::string_view text, WireMessage& message) {
  message.kind = Kind::kUnknown;
  message.violation.clear();
  simdjson::dom::object root;
  if (parser_.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS)
    return message.violates("not a JSON object");
  std::string_view event, stream_sid;
  if (root["event"].get(event) != simdjson::SUCCESS)
    return message.violates("no event");
  const bool known = event == "media" || event == "mark" || event == "clear";
  if (!known)
    return message.violates("unknown event '" + std::string(event) + "'");
  if (root["streamSid"].get(stream_sid) != simdjson::SUCCESS)
    return message.violates(std::string(event) + " without streamSid");
  if (stream_sid != ids_.stream_sid)
    return message.violates(std::string(event) + " with another stream's streamSid '" +
                            std::string(stream_sid) + "'");

  if (event == "clear") {
    check_members(root, {"event", "streamSid"}, "clear", message);
    message.kind = Kind::kClear;
    return;
  }
  check_members(root, {"event", "streamSid", event}, event, message);
  simdjson::dom::object body;
  if (root[event].get(body) != simdjson::SUCCESS)
    return message.violates(std::string(event) + " without its object");
  if (event == "media")
    return parse_media(body, message);

  std::string_view name;
  if (body["name"].get(name) != simdjson::SUCCESS)
    return message.violates("mark without a name");
  check_members(body, {"name"}, "mark.mark", message);
  message.name = name;
  message.kind = Kind::kMark;
}

void TwilioWire::parse_media(simdjson::dom::object media, WireMessage& message) {
  std::string_view payload;
  if (media["payload"].get(payload) != simdjson::SUCCESS)
    return message.violates("media without a payload");
  check_members(media, {"payload"}, "media.media", message);
  if (payload.empty() || !base64_decode(payload, bytes_))
    return message.violates("media whose payload is not base64");
  message.audio.resize(bytes_.size());
  g711::decode<g711::Law::kMu>(bytes_, message.audio);
  message.kind = Kind::kAudio;
}

}  // namespace centralita::caller
