// POST /cognitiveservices/v1: SSML in, audio out as it is synthesised.
#include "server/sandbox/services.h"
#include "server/sandbox/synth.h"

#include <atomic>

namespace centralita::sandbox {
namespace {

enum class Codec { kPcm, kMulaw, kAlaw };

struct OutputFormat {
  Codec codec;
  int rate;
  bool riff;

  int bits() const { return codec == Codec::kPcm ? 16 : 8; }
  int wav_tag() const { return codec == Codec::kPcm ? 1 : codec == Codec::kAlaw ? 6 : 7; }
};

std::optional<OutputFormat> format_named(const std::string& name) {
  static const std::map<std::string, OutputFormat> kFormats = {
      {"8khz-8bit-mono-mulaw", {Codec::kMulaw, 8000, false}},
      {"8khz-8bit-mono-alaw", {Codec::kAlaw, 8000, false}},
      {"8khz-16bit-mono-pcm", {Codec::kPcm, 8000, false}},
      {"16khz-16bit-mono-pcm", {Codec::kPcm, 16000, false}},
      {"22050hz-16bit-mono-pcm", {Codec::kPcm, 22050, false}},
      {"24khz-16bit-mono-pcm", {Codec::kPcm, 24000, false}},
      {"44100hz-16bit-mono-pcm", {Codec::kPcm, 44100, false}},
      {"48khz-16bit-mono-pcm", {Codec::kPcm, 48000, false}}};
  const auto dash = name.find('-');
  const auto container = name.substr(0, dash);
  if (dash == std::string::npos || (container != "raw" && container != "riff"))
    return std::nullopt;
  const auto found = kFormats.find(name.substr(dash + 1));
  if (found == kFormats.end())
    return std::nullopt;
  auto format = found->second;
  format.riff = container == "riff";
  return format;
}

std::string encoded(std::span<const std::int16_t> samples, Codec codec) {
  std::string bytes;
  bytes.reserve(samples.size() * 2);
  for (const auto sample : samples) {
    if (codec == Codec::kPcm) {
      bytes += static_cast<char>(sample & 0xFF);
      bytes += static_cast<char>(sample >> 8 & 0xFF);
    } else {
      bytes += static_cast<char>(codec == Codec::kMulaw ? to_mulaw(sample) : to_alaw(sample));
    }
  }
  return bytes;
}

// One request on its way from the worker to the wire.
struct Speech {
  Speech(std::shared_ptr<Exchange> asked, const OutputFormat& wanted)
      : exchange(std::move(asked)), format(wanted) {}

  std::shared_ptr<Exchange> exchange;
  OutputFormat format;
  std::atomic<bool> cancelled{false};
  bool begun = false;  // the rest: main context only
  std::string whole;   // of a riff answer, whose header needs the length
};

void begin(Speech& speech) {
  if (std::exchange(speech.begun, true))
    return;
  speech.exchange->begin_stream(speech.format.codec == Codec::kPcm ? "audio/pcm" : "audio/basic",
                                {{"X-RequestId", random_id(32)}});
}

void take(Speech& speech, const std::string& bytes) {
  if (speech.format.riff || speech.exchange->fault().wrong_audio ||
      speech.exchange->fault().malformed) {
    speech.whole += bytes;
    return;
  }
  begin(speech);
  // A tenth of a second a piece, as a network would.
  const auto piece = static_cast<std::size_t>(speech.format.rate * speech.format.bits() / 80);
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    speech.exchange->write(bytes.substr(at, piece));
}

void finish(Speech& speech) {
  const auto& format = speech.format;
  if (speech.exchange->fault().malformed) {
    // Truncated within a sample where samples have two bytes.
    speech.whole.resize(speech.whole.size() / 2 | 1);
    auto unchanged = speech.exchange->fault();
    unchanged.malformed = false;
    speech.exchange->set_fault(unchanged);
  }
  if (format.riff || !speech.whole.empty()) {
    const auto header = format.riff ? wav_header(format.wav_tag(), format.rate, format.bits(),
                                                 static_cast<std::uint32_t>(speech.whole.size()))
                                    : "";
    speech.exchange->answer(200, format.riff ? "audio/x-wav" : "audio/basic", header + speech.whole,
                            {{"X-RequestId", random_id(32)}});
    return;
  }
  begin(speech);
  speech.exchange->end();
}

}  // namespace

void handle_synthesis(Services& services, std::shared_ptr<Exchange> exchange) {
  const auto type = exchange->header("Content-Type");
  const auto format_name = exchange->header("X-Microsoft-OutputFormat");
  services.note(Operation::kSynthesis, json::Object()
                                           .set("format", format_name)
                                           .set("ssml", exchange->body())
                                           .set("user_agent", exchange->header("User-Agent")));
  if (!type.starts_with("application/ssml+xml"))
    return answer_azure_error(*exchange, 415, "");
  if (format_name.empty())
    return answer_azure_error(*exchange, 400, "X-Microsoft-OutputFormat header is missing.");
  const auto format = format_named(format_name);
  if (!format)
    return answer_azure_error(*exchange, 400, "Unsupported output format " + format_name + ".");
  if (exchange->header("User-Agent").empty())
    return answer_azure_error(*exchange, 400, "User-Agent header is missing.");
  auto pieces = parse_ssml(exchange->body());
  if (!pieces)
    return answer_azure_error(*exchange, 400, pieces.error());
  exchange->set_least_latency(services.latency.synthesis_first_byte);

  const auto speech = std::make_shared<Speech>(exchange, *format);
  exchange->on_gone = [speech] { speech->cancelled = true; };
  services.synthesis.run([&services, speech, pieces = std::move(*pieces)](int) {
    std::optional<std::string> failure;
    for (const auto& piece : pieces) {
      const auto done =
          synthesise(piece, speech->format.rate, speech->cancelled, [&](auto samples) {
            services.post(
                [speech, bytes = encoded(samples, speech->format.codec)] { take(*speech, bytes); });
          });
      if (!done)
        failure = done.error();
      if (!done || speech->cancelled)
        break;
    }
    services.post([speech, failure] {
      if (!failure)
        return finish(*speech);
      g_warning("sandbox: %s", failure->c_str());
      if (speech->begun)
        speech->exchange->cut_connection();
      else
        answer_azure_error(*speech->exchange, 503, *failure);
    });
  });
}

}  // namespace centralita::sandbox
