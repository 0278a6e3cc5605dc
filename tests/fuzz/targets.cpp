#include "tests/fuzz/targets.h"

#include "plugins/base/base64.h"
#include "plugins/base/json.h"
#include "plugins/base/sse_parser.h"
#include "plugins/dialog/chat_stream.h"
#include "plugins/dialog/variables.h"
#include "plugins/groq/whisper_answer.h"
#include "server/agents/codec.h"
#include "server/agents/document.h"
#include "server/agents/validation.h"
#include "server/caller/twiml.h"
#include "server/logging/secret_filter.h"
#include "server/media_stream/stream_message.h"
#include "server/privacy/pii.h"
#include "server/sandbox/flac.h"
#include "server/sandbox/wav.h"
#include "server/store/cursor.h"
#include "server/telephony/telnyx_event.h"
#include "server/telephony/telnyx_signature.h"
#include "server/telephony/twilio_signature.h"

#include <cstdlib>
#include <string>
#include <vector>

namespace centralita::fuzz {
namespace {

void must(bool holds) {
  if (!holds)
    std::abort();
}

// Messages of a media stream, one a line, by one parser, as they come: Twilio's, Telnyx', the
// simulator's, with the <Parameter>s of TwiML in their start.
void media(std::string_view bytes) {
  StreamMessageParser parser;
  while (!bytes.empty()) {
    const auto line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
    const auto message = parser.parse(line);
    must(message.kind != StreamMessage::Kind::kMalformed || !message.error.empty());
    must(message.audio.size() <= line.size());
    std::size_t sum = 0;  // what is said to be there can be read
    for (const auto byte : message.audio) sum += byte;
    must(sum <= message.audio.size() * 255);
  }
}

// In one piece and byte by byte the events are the same.
void sse(std::string_view bytes) {
  SseParser whole(4096), pieces(4096);
  auto all = whole.push(bytes);
  std::vector<std::string> each;
  for (const char& byte : bytes)
    for (auto& event : pieces.push(std::string_view(&byte, 1))) each.push_back(std::move(event));
  must(all == each);
  must(whole.finish() == pieces.finish());
}

void chat(std::string_view bytes) {
  SseParser events;
  ChatStream stream;
  for (const auto& event : events.push(bytes))
    if (!stream.push(event))
      break;
  for (const auto& call : stream.tool_calls()) must(call.arguments.size() <= bytes.size() * 6 + 64);
}

void whisper(std::string_view bytes) { (void)parse_whisper_answer(bytes); }

// A body of the API: what passes the check can be stored and is read again as it was.
void agent(std::string_view bytes) {
  const auto document = json::parse(bytes);
  if (!document || !document->is_object())
    return;
  const auto body = document->object();
  const auto mistakes = agents::check_write(body, true, agents::Language::kEnglish);
  for (const auto& mistake : mistakes) must(!mistake.code.empty() && !mistake.message.empty());
  if (!mistakes.empty())
    return;
  const auto stored = agents::to_text(agents::merged({}, body));
  const auto again = agents::read_document(stored);
  must(bool(again));
  must(agents::to_text(*again) == stored);
}

void twiml(std::string_view bytes) {
  if (const auto parsed = caller::parse_twiml(bytes))
    (void)parsed->summary();
}

// A form as a webhook brings it; a signature that fits another body never fits this one.
void form(std::string_view bytes) {
  const auto parameters = form_parameters(std::string(bytes));
  const auto right = twilio_signature("12345", "https://x/y", parameters);
  must(twilio_signature_matches("12345", right, "https://x/y", parameters));
  must(!twilio_signature_matches("12345", std::string(bytes), "https://x/y", {{"a", "b"}}) ||
       bytes == twilio_signature("12345", "https://x/y", {{"a", "b"}}));
}

// Signature, time stamp and body, a line each: none of libFuzzer's can be right.
void telnyx_signature(std::string_view bytes) {
  static const auto key =
      TelnyxPublicKey::from_base64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  must(key.has_value());
  const auto first = bytes.substr(0, bytes.find('\n'));
  const auto rest = bytes.substr(std::min(bytes.size(), first.size() + 1));
  const auto second = rest.substr(0, rest.find('\n'));
  const auto body = rest.substr(std::min(rest.size(), second.size() + 1));
  must(!telnyx_signature_error(*key, std::string(first), std::string(second), std::string(body),
                               std::chrono::system_clock::time_point{})
            .empty());
  (void)TelnyxPublicKey::from_base64(std::string(first));
}

void telnyx_event(std::string_view bytes) { (void)parse_telnyx_event(std::string(bytes)); }

void cursor(std::string_view bytes) {
  const auto decoded = store::decode_cursor(bytes);
  must(!decoded || store::decode_cursor(store::encode_cursor(*decoded)).has_value());
}

// {{name}} in instructions and messages; values from a JSON object before the first line's end.
void variables(std::string_view bytes) {
  const auto first = bytes.substr(0, bytes.find('\n'));
  const auto values = parse_variables(first);
  (void)fill_variables(bytes.substr(std::min(bytes.size(), first.size())),
                       values ? *values : Variables{});
}

void wav(std::string_view bytes) {
  if (const auto audio = sandbox::read_wav(bytes))
    must(audio->rate > 0);
}

void flac(std::string_view bytes) {
  if (sandbox::is_flac(bytes))
    (void)sandbox::read_flac(bytes);
}

void base64(std::string_view bytes) {
  std::vector<std::uint8_t> decoded;
  if (!base64_decode(bytes, decoded))
    return;
  std::string again;
  base64_encode(decoded, again);
  std::vector<std::uint8_t> twice;
  must(base64_decode(again, twice) && twice == decoded);
}

// What is taken out is not found again, and nothing grows without end.
void redaction(std::string_view bytes) {
  const auto once = without_pii(bytes);
  must(once.size() <= bytes.size() * 4 + 16);
  static const SecretFilter filter({"very-secret-value"});
  must(filter.filtered(bytes).find("very-secret-value") == std::string::npos);
}

constexpr Target kTargets[] = {
    {"agent", agent},
    {"base64", base64},
    {"chat", chat},
    {"cursor", cursor},
    {"flac", flac},
    {"form", form},
    {"media", media},
    {"redaction", redaction},
    {"sse", sse},
    {"telnyx_event", telnyx_event},
    {"telnyx_signature", telnyx_signature},
    {"twiml", twiml},
    {"variables", variables},
    {"wav", wav},
    {"whisper", whisper},
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace centralita::fuzz
