#include "tests/fuzz/targets.h"

#include "pipelines/launch_text.h"
#include "pipelines/tool_arguments.h"
#include "plugins/azure/normalise/normalise.h"
#include "plugins/azure/ssml.h"
#include "plugins/base/base64.h"
#include "plugins/base/json.h"
#include "plugins/base/sse_parser.h"
#include "plugins/dialog/chat_stream.h"
#include "plugins/dialog/clause_splitter.h"
#include "plugins/dialog/speech_text.h"
#include "plugins/dialog/variables.h"
#include "plugins/groq/whisper_answer.h"
#include "server/agents/codec.h"
#include "server/agents/document.h"
#include "server/agents/validation.h"
#include "server/caller/twiml.h"
#include "server/csv.h"
#include "server/http_range.h"
#include "server/logging/secret_filter.h"
#include "server/media_stream/stream_message.h"
#include "server/privacy/pii.h"
#include "server/sandbox/flac.h"
#include "server/sandbox/wav.h"
#include "server/store/cursor.h"
#include "server/telephony/telnyx_event.h"
#include "server/telephony/telnyx_signature.h"
#include "server/telephony/twilio_signature.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
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

// What a model writes, on its way to a voice, in one piece and character by character: nothing is
// said that was not written, and every clause is valid.
void clauses(std::string_view bytes) {
  const std::string text = valid_text(bytes);
  const auto split = [&text](bool whole) {
    SpeechText speech;
    ClauseSplitter splitter;
    std::size_t said = 0;
    const auto add = [&said](const std::vector<std::string>& more) {
      for (const auto& clause : more) {
        must(g_utf8_validate(clause.data(), static_cast<gssize>(clause.size()), nullptr));
        said += clause.size();
      }
    };
    for (const char* at = text.c_str(); *at && !whole; at = g_utf8_next_char(at))
      add(splitter.push(speech.push({at, static_cast<std::size_t>(g_utf8_next_char(at) - at)})));
    if (whole)
      add(splitter.push(speech.push(text)));
    add(splitter.push(speech.finish()));
    add(splitter.finish());
    must(said <= text.size() * 2 + 64);
  };
  split(true);
  split(false);
}

// ... and its document for the synthesizer, numbers and dates in words: always one that is read.
void ssml_document(std::string_view bytes) {
  static const auto dictionary = *Dictionary::parse(R"({"RFC": "erre efe ce", "Ana": "/ˈana/"})");
  for (const char* language : {"es-MX", "en-US"}) {
    const auto valid = valid_text(bytes);
    must(g_utf8_validate(valid.data(), static_cast<gssize>(valid.size()), nullptr));
    auto pieces = dictionary->split(valid);
    for (auto& piece : pieces)
      if (piece.alias.empty() && piece.ipa.empty())
        piece.text = (*Normaliser::of(language))(piece.text);
    const auto document = ssml({.language = language}, pieces);
    must(g_utf8_validate(document.data(), static_cast<gssize>(document.size()), nullptr));
    GMarkupParser ignore{};
    const std::unique_ptr<GMarkupParseContext, FreeWith<g_markup_parse_context_free>> parser(
        g_markup_parse_context_new(&ignore, GMarkupParseFlags{}, nullptr, nullptr));
    must(g_markup_parse_context_parse(parser.get(), document.data(),
                                      static_cast<gssize>(document.size()), nullptr));
    must(g_markup_parse_context_end_parse(parser.get(), nullptr));
  }
}

// A Range header: what is said to be a part is one.
void range(std::string_view bytes) {
  for (const std::int64_t size : {std::int64_t{0}, std::int64_t{1}, std::int64_t{100'000}}) {
    const auto answer = range_of(bytes, size);
    if (answer.kind == RangeKind::kPart)
      must(answer.range.first >= 0 && answer.range.first <= answer.range.last &&
           answer.range.last < size);
  }
}

// Cells, a line each: read back by RFC 4180 they are the same, and none is a formula.
void csv(std::string_view bytes) {
  std::vector<std::string> cells;
  CsvLine line;
  while (!bytes.empty()) {
    cells.emplace_back(bytes.substr(0, bytes.find('\n')));
    bytes.remove_prefix(std::min(bytes.size(), cells.back().size() + 1));
    line.add(cells.back());
  }
  auto text = line.take();
  must(text.ends_with("\r\n"));
  text.resize(text.size() - 2);
  std::size_t at = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::string cell;
    if (text.substr(at, 1) == "\"") {
      for (++at; at < text.size(); ++at) {
        if (text[at] == '"' && text.substr(++at, 1) != "\"")
          break;
        cell += text.at(at);
      }
    } else {
      for (; at < text.size() && text[at] != ','; ++at) cell += text[at];
    }
    must(cell == cells[i] || cell == "'" + cells[i]);
    must(cell.empty() || std::string_view("=+-@\t\r").find(cell[0]) == std::string_view::npos);
    must(i + 1 == cells.size() ? at == text.size() : text.substr(at++, 1) == ",");
  }
}

// A graph's text: of its places none is left.
void launch(std::string_view bytes) {
  using Encoding = WireFormat::Encoding;
  for (const auto encoding : {Encoding::kMulaw, Encoding::kAlaw, Encoding::kPcm}) {
    const WireFormat format{.encoding = encoding, .rate = 8000};
    const auto text = with_codecs(without_comments(bytes), format, format);
    must(text.find("{decoder}") == std::string::npos || encoding == Encoding::kPcm);
  }
}

// What a model wrote as a tool's arguments, before a schema: the first line.
void tool_arguments(std::string_view bytes) {
  const auto schema = bytes.substr(0, bytes.find('\n'));
  const auto checked = check_arguments(
      std::string(schema), std::string(bytes.substr(std::min(bytes.size(), schema.size()))));
  must(checked || !checked.error().empty());
}

constexpr Target kTargets[] = {
    {"agent", agent},
    {"base64", base64},
    {"chat", chat},
    {"clauses", clauses},
    {"csv", csv},
    {"cursor", cursor},
    {"flac", flac},
    {"form", form},
    {"launch", launch},
    {"media", media},
    {"range", range},
    {"redaction", redaction},
    {"sse", sse},
    {"ssml", ssml_document},
    {"telnyx_event", telnyx_event},
    {"telnyx_signature", telnyx_signature},
    {"tool_arguments", tool_arguments},
    {"twiml", twiml},
    {"variables", variables},
    {"wav", wav},
    {"whisper", whisper},
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace centralita::fuzz
