#include "server/media_stream/stream_message.h"

#include "server/media_stream/base64.h"

namespace centralita {
namespace {

using simdjson::ondemand::object;
using Kind = StreamMessage::Kind;

StreamMessage malformed(std::string error) {
  StreamMessage message;
  message.kind = Kind::kMalformed;
  message.error = std::move(error);
  return message;
}

// Empty when absent or not a string.
std::string_view text_of(object& parent, std::string_view name) {
  std::string_view value;
  if (parent.find_field_unordered(name).get_string().get(value) != simdjson::SUCCESS)
    return {};
  return value;
}

void read_start(object& start, StreamMessage& message) {
  message.stream_id = text_of(start, "streamSid");
  message.call_id = text_of(start, "callSid");
  // Twilio writes mediaFormat.sampleRate, the simulator media_format.sample_rate.
  for (const auto& [format_name, rate_name] :
       {std::pair{"mediaFormat", "sampleRate"}, {"media_format", "sample_rate"}}) {
    object format;
    if (start.find_field_unordered(format_name).get_object().get(format) != simdjson::SUCCESS)
      continue;
    message.encoding = text_of(format, "encoding");
    std::int64_t rate = 0;
    if (format.find_field_unordered(rate_name).get_int64().get(rate) == simdjson::SUCCESS)
      message.sample_rate = rate;
  }
  object parameters;
  if (start.find_field_unordered("customParameters").get_object().get(parameters) !=
      simdjson::SUCCESS)
    return;
  for (auto field : parameters) {
    std::string_view name, value;
    if (field.unescaped_key().get(name) == simdjson::SUCCESS &&
        field.value().get_string().get(value) == simdjson::SUCCESS)
      message.parameters.emplace(name, value);
  }
}

}  // namespace

StreamMessage StreamMessageParser::parse(std::string_view text) {
  padded_.assign(text);
  padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::document document;
  if (parser_.iterate(padded_.data(), text.size(), padded_.capacity()).get(document) !=
      simdjson::SUCCESS)
    return malformed("the message is not JSON");
  object root;
  if (document.get_object().get(root) != simdjson::SUCCESS)
    return malformed("the message is not a JSON object");
  return parse_document(root);
}

StreamMessage StreamMessageParser::parse_document(object& root) {
  std::string_view event;
  if (root.find_field_unordered("event").get_string().get(event) != simdjson::SUCCESS)
    return malformed("the message has no \"event\", or is not whole JSON");
  StreamMessage message;
  object body;
  const auto open = [&](std::string_view name) {
    return root.find_field_unordered(name).get_object().get(body) == simdjson::SUCCESS;
  };

  if (event == "media") {
    if (!open("media"))
      return malformed("a media message without \"media\"");
    if (const auto track = text_of(body, "track"); track == "outbound")
      return message;
    std::string_view payload;
    if (body.find_field_unordered("payload").get_string().get(payload) != simdjson::SUCCESS)
      return malformed("a media message without \"payload\"");
    if (!base64_decode(payload, payload_))
      return malformed("a media payload that is not base64");
    message.kind = Kind::kMedia;
    message.audio = payload_;
  } else if (event == "mark") {
    if (!open("mark"))
      return malformed("a mark message without \"mark\"");
    message.kind = Kind::kMark;
    message.text = text_of(body, "name");
  } else if (event == "dtmf") {
    if (!open("dtmf"))
      return malformed("a dtmf message without \"dtmf\"");
    message.kind = Kind::kDtmf;
    message.text = text_of(body, "digit");
  } else if (event == "start") {
    if (!open("start"))
      return malformed("a start message without \"start\"");
    message.kind = Kind::kStart;
    read_start(body, message);
    if (message.stream_id.empty() || message.call_id.empty())
      return malformed("a start message without streamSid or callSid");
  } else if (event == "connected") {
    message.kind = Kind::kConnected;
  } else if (event == "stop") {
    message.kind = Kind::kStop;
  }
  return message;
}

}  // namespace centralita
