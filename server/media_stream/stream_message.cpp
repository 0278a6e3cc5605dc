#include "server/media_stream/stream_message.h"

#include "plugins/base/base64.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace centralita {
namespace {

using simdjson::dom::object;
using Kind = StreamMessage::Kind;

StreamMessage malformed(std::string error) {
  StreamMessage message;
  message.kind = Kind::kMalformed;
  message.error = std::move(error);
  return message;
}

// Written words: some pages of a letter, in bytes of UTF-8.
constexpr std::size_t kLongestText = 4000;

// Ids of calls and streams, in bytes: a carrier's have less than a hundred, and an index of the
// database takes 2,700.
constexpr std::size_t kLongestId = 256;

// Empty when absent or not a string.
std::string_view text_of(const object& parent, std::string_view name) {
  std::string_view value;
  return parent[name].get_string().get(value) == simdjson::SUCCESS ? value : std::string_view();
}

// A number, be it written as a text.
std::int64_t number_of(const object& parent, std::string_view name) {
  std::int64_t value = 0;
  if (parent[name].get_int64().get(value) == simdjson::SUCCESS)
    return value;
  const auto text = text_of(parent, name);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? value : 0;
}

void read_start(const object& root, const object& start, StreamMessage& message) {
  message.stream_id = text_of(start, "streamSid");
  message.call_id = text_of(start, "callSid");
  if (message.call_id.empty()) {  // Telnyx
    message.stream_id = text_of(root, "stream_id");
    message.call_id = text_of(start, "call_control_id");
  }
  // Twilio writes mediaFormat.sampleRate, the simulator media_format.sample_rate.
  for (const auto& [format_name, rate_name] :
       {std::pair{"mediaFormat", "sampleRate"}, {"media_format", "sample_rate"}}) {
    object format;
    if (start[format_name].get_object().get(format) != simdjson::SUCCESS)
      continue;
    message.encoding = text_of(format, "encoding");
    message.sample_rate = number_of(format, rate_name);
  }
  for (const char* name : {"customParameters", "custom_parameters"}) {
    object parameters;
    if (start[name].get_object().get(parameters) != simdjson::SUCCESS)
      continue;
    for (const auto [key, value] : parameters)
      if (value.is_string())
        message.parameters.emplace(key, value.get_string().value_unsafe());
  }
}

}  // namespace

struct StreamMessageParser::Impl {
  StreamMessage parse(std::string_view text);
  StreamMessage read(const object& root);

  // The DOM parser and not the on-demand one: it checks a document whole before anything is read of
  // it (3.0's on-demand parser walks off the end of a truncated one), and picks its SIMD code at
  // run time.
  simdjson::dom::parser parser;
  std::string padded;
  std::vector<std::uint8_t> payload;
};

StreamMessageParser::StreamMessageParser() : impl_(std::make_unique<Impl>()) {}
StreamMessageParser::~StreamMessageParser() = default;

StreamMessage StreamMessageParser::parse(std::string_view text) { return impl_->parse(text); }

StreamMessage StreamMessageParser::Impl::parse(std::string_view text) {
  padded.assign(text);
  padded.resize(text.size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::element document;
  if (parser.parse(padded.data(), text.size(), false).get(document) != simdjson::SUCCESS)
    return malformed("the message is not JSON");
  object root;
  if (document.get_object().get(root) != simdjson::SUCCESS)
    return malformed("the message is not a JSON object");
  return read(root);
}

StreamMessage StreamMessageParser::Impl::read(const object& root) {
  std::string_view event;
  if (root["event"].get_string().get(event) != simdjson::SUCCESS)
    return malformed("the message has no \"event\"");
  StreamMessage message;
  object body;
  const auto open = [&](std::string_view name) {
    return root[name].get_object().get(body) == simdjson::SUCCESS;
  };

  if (event == "media") {
    if (!open("media"))
      return malformed("a media message without \"media\"");
    if (const auto track = text_of(body, "track"); track == "outbound")
      return message;
    std::string_view encoded;
    if (body["payload"].get_string().get(encoded) != simdjson::SUCCESS)
      return malformed("a media message without \"payload\"");
    if (!base64_decode(encoded, payload))
      return malformed("a media payload that is not base64");
    message.kind = Kind::kMedia;
    message.audio = payload;
    message.chunk = number_of(body, "chunk");
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
  } else if (event == "text") {
    const auto words = text_of(root, "text");
    if (words.find_first_not_of(" \t\r\n") == words.npos)
      return malformed("a text message without \"text\"");
    if (words.size() > kLongestText)
      return malformed("a text message of more than 4000 bytes");
    message.kind = Kind::kText;
    message.text = words;
  } else if (event == "start") {
    if (!open("start"))
      return malformed("a start message without \"start\"");
    message.kind = Kind::kStart;
    read_start(root, body, message);
    if (message.stream_id.empty() || message.call_id.empty())
      return malformed(
          "a start message without streamSid or callSid (Telnyx: stream_id, "
          "call_control_id)");
    if (std::max(message.stream_id.size(), message.call_id.size()) > kLongestId)
      return malformed("a start message with an id of more than 256 bytes");
  } else if (event == "connected") {
    message.kind = Kind::kConnected;
  } else if (event == "stop") {
    message.kind = Kind::kStop;
  } else if (event == "error") {
    message.kind = Kind::kError;
    if (open("payload") || open("error"))
      message.text =
          std::string(text_of(body, "title")) + ": " + std::string(text_of(body, "detail"));
  }
  return message;
}

}  // namespace centralita
