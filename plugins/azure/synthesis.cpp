#include "plugins/azure/synthesis.h"

#include "plugins/azure/normalise/normalise.h"
#include "plugins/base/provider_request.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace centralita {
namespace {

using Code = ProviderError::Code;
using Bytes = std::span<const std::uint8_t>;

constexpr char kPath[] = "/cognitiveservices/v1";
constexpr std::size_t kMaxErrorBody = 4096;

#define RAW_CAPS(rate) "audio/x-raw, format=S16LE, rate=" #rate ", channels=1, layout=interleaved"
constexpr std::array kFormats = {
    AudioFormat{"raw-24khz-16bit-mono-pcm", RAW_CAPS(24000), 24000, 2},
    AudioFormat{"raw-48khz-16bit-mono-pcm", RAW_CAPS(48000), 48000, 2},
    AudioFormat{"raw-22050hz-16bit-mono-pcm", RAW_CAPS(22050), 22050, 2},
    AudioFormat{"raw-16khz-16bit-mono-pcm", RAW_CAPS(16000), 16000, 2},
    AudioFormat{"raw-8khz-16bit-mono-pcm", RAW_CAPS(8000), 8000, 2},
    AudioFormat{"raw-8khz-8bit-mono-mulaw", "audio/x-mulaw, rate=8000, channels=1", 8000, 1},
    AudioFormat{"raw-8khz-8bit-mono-alaw", "audio/x-alaw, rate=8000, channels=1", 8000, 1},
};
#undef RAW_CAPS

bool starts_with(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// Of bytes that may be anything, what can stand in a sentence.
std::string quoted(Bytes bytes) {
  const OwnedString valid(g_utf8_make_valid(reinterpret_cast<const char*>(bytes.data()),
                                            static_cast<gssize>(bytes.size())));
  return valid.get();
}

ProviderError http_error(const SynthesisSettings& settings, const HttpAnswer& answer,
                         std::string_view body) {
  auto error = ProviderError::from_http(kAzure.provider, kAzure.operation, answer.status,
                                        answer.retry_after, body);
  // Azure says 401 to a good key at another region's address, with nothing in the body.
  if (error.code == Code::kBadKey)
    error.text =
        "azure (synthesis) answered HTTP " + std::to_string(answer.status) +
        ": the API key is wrong or belongs to another region. Check the key and the region.";
  if (error.code == Code::kBadRequest)
    error.text = "azure (synthesis) answered HTTP " + std::to_string(answer.status) +
                 ": it does not accept the request. Check the voice \"" + settings.voice.name +
                 "\" and that the region has it.";
  error.detail += " (" + settings.provider.base_url + ")";
  return error;
}

// What is known of one answer so far. Lives as long as its handlers.
class Answer {
 public:
  Answer(SynthesisSettings settings, const AudioFormat& format, std::string_view text,
         SynthesisHandlers handlers)
      : settings_(std::move(settings)),
        format_(format),
        handlers_(std::move(handlers)),
        least_(least_duration(text, settings_.voice.rate)) {}

  void begin(const HttpAnswer& answer) { answer_ = answer; }

  void bytes(Bytes more) {
    if (!success()) {
      const auto room = kMaxErrorBody - std::min(kMaxErrorBody, body_.size());
      body_.append(more.begin(),
                   more.begin() + static_cast<std::ptrdiff_t>(std::min(room, more.size())));
      return;
    }
    if (held_.empty() && sniffed_)
      return audio(more);
    held_.insert(held_.end(), more.begin(), more.end());
    if (sniffed_ || held_.size() >= kSniffed)
      release();
  }

  void end() {
    if (!success())
      return handlers_.on_failure(http_error(settings_, answer_, body_));
    if (!sniffed_)
      release();
    if (malformed_)
      return malformed("the answer is a document or a file and not raw audio: " + body_);
    if (!any_audio_)
      return malformed("the answer has no audio");
    // libsoup takes the end of the connection, between two chunks, for the end of the body.
    if (!held_.empty())
      return failure({Code::kConnectionLost, "the audio ends in the middle of a sample"});
    const auto samples = audio_bytes_ / static_cast<unsigned>(format_.sample_bytes);
    if (std::chrono::nanoseconds(samples * 1'000'000'000 / static_cast<unsigned>(format_.rate)) <
        least_)
      return failure({Code::kConnectionLost, "the audio is too short for its text"});
    handlers_.on_end();
  }

  void failure(const HttpFailure& failure) {
    // An error whose explanation was cut off is still that error.
    if (answer_.status != 0 && !success())
      return end();
    handlers_.on_failure(
        to_provider_error(failure, kAzure.provider, kAzure.operation, settings_.provider.base_url));
  }

 private:
  bool success() const { return answer_.status >= 200 && answer_.status < 300; }

  void malformed(std::string what) {
    handlers_.on_failure(to_provider_error({Code::kMalformed, std::move(what)}, kAzure.provider,
                                           kAzure.operation, settings_.provider.base_url));
  }

  // Of what is held: whether it is audio, and if so its whole samples.
  void release() {
    const auto held = std::exchange(held_, {});
    if (!sniffed_) {
      sniffed_ = true;
      malformed_ = is_no_raw_audio(held);
      if (malformed_)
        body_ = quoted(held);
    }
    audio(held);
  }

  void audio(Bytes bytes) {
    if (malformed_ || bytes.empty())
      return;
    // Half a sample at the end waits for its other half.
    const auto odd = bytes.size() % static_cast<std::size_t>(format_.sample_bytes);
    const auto whole = bytes.first(bytes.size() - odd);
    held_.assign(bytes.end() - static_cast<std::ptrdiff_t>(odd), bytes.end());
    if (whole.empty())
      return;
    any_audio_ = true;
    audio_bytes_ += whole.size();
    handlers_.on_audio(whole);
  }

  const SynthesisSettings settings_;
  const AudioFormat& format_;
  const SynthesisHandlers handlers_;
  const std::chrono::nanoseconds least_;  // that the audio lasts
  HttpAnswer answer_;
  std::string body_;                // of an error
  std::vector<std::uint8_t> held_;  // the first bytes, or half a sample
  bool sniffed_ = false;
  bool malformed_ = false;
  bool any_audio_ = false;
  std::uint64_t audio_bytes_ = 0;  // handed over
};

}  // namespace

std::span<const AudioFormat> audio_formats() { return kFormats; }

SynthesisSettings SynthesisSettings::resolved() const {
  auto copy = *this;
  copy.region = or_environment(region, "AZURE_SPEECH_REGION");
  if (copy.region.empty())
    copy.region = "eastus";
  copy.provider = provider.resolved(kAzure, "https://" + copy.region + ".tts.speech.microsoft.com");
  // A custom voice's endpoint comes with its path and query.
  for (auto* url : {&copy.provider.base_url, &copy.provider.fallback_url})
    if (!url->empty() && url->find(kPath) == std::string::npos)
      *url += kPath;
  return copy;
}

SynthesisSettings SynthesisSettings::fallback() const {
  auto copy = *this;
  copy.provider = provider.fallback();
  if (!provider.fallback_choice.empty()) {
    copy.voice.name = provider.fallback_choice;
    copy.voice.style.clear();  // each voice has its own
  }
  return copy;
}

std::string spoken_ssml(const SynthesisSettings& settings, std::string_view text) {
  const auto valid = valid_text(text);
  auto pieces = settings.dictionary ? settings.dictionary->split(valid)
                                    : std::vector<SpokenPiece>{{.text = valid}};
  if (settings.normalise) {
    const auto normaliser = Normaliser::of(settings.voice.language);
    for (auto& piece : pieces)
      if (piece.alias.empty() && piece.ipa.empty())
        piece.text = (*normaliser)(piece.text);
  }
  return ssml(settings.voice, pieces);
}

HttpRequest synthesis_request(const SynthesisSettings& resolved, const AudioFormat& format,
                              std::string_view text) {
  HttpRequest request{.url = resolved.provider.base_url,
                      .headers = {{"X-Microsoft-OutputFormat", format.header}},
                      .content_type = "application/ssml+xml",
                      .body = spoken_ssml(resolved, text),
                      .deadlines = resolved.provider.deadlines};
  if (!resolved.provider.api_key.empty())
    request.headers.emplace_back("Ocp-Apim-Subscription-Key", resolved.provider.api_key);
  return request;
}

bool is_no_raw_audio(Bytes bytes) {
  if (starts_with(bytes, "RIFF"))
    return true;
  if (starts_with(bytes, "\xEF\xBB\xBF"))
    bytes = bytes.subspan(3);
  // Any byte is a sample of G.711, and any two are one of PCM: it takes a run of text to tell.
  const auto first = bytes.first(std::min(bytes.size(), kSniffed));
  return !first.empty() && (first[0] == '{' || first[0] == '[' || first[0] == '<') &&
         std::all_of(first.begin(), first.end(), [](std::uint8_t c) {
           return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\r' || c == '\n';
         });
}

std::chrono::nanoseconds least_duration(std::string_view text, double rate) {
  constexpr int kFewLetters = 40, kFastest = 25;
  const auto valid = valid_text(text);
  int letters = 0;
  for (const char* p = valid.c_str(); *p; p = g_utf8_next_char(p))
    letters += g_unichar_isalpha(g_utf8_get_char(p)) ? 1 : 0;
  if (letters < kFewLetters)
    return {};
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(letters * 1e9 / (kFastest * std::max(rate, 0.5))));
}

Slot Synthesis::start(const IoContext& io, const SynthesisSettings& resolved,
                      const AudioFormat& format, std::string_view text,
                      SynthesisHandlers handlers) {
  auto begun =
      ProviderHealth::shared().begin(kAzure.provider, kAzure.operation, resolved.provider.base_url,
                                     io.now(), resolved.provider.lane);
  if (!begun)
    return io.after({}, [on_failure = std::move(handlers.on_failure)] {
      on_failure(breaker_open(kAzure.provider, kAzure.operation));
    });
  const auto health = std::make_shared<ProviderHealth::Request>(std::move(*begun));
  handlers.on_end = [io, health, end = std::move(handlers.on_end)] {
    health->succeeded(io.now());
    end();
  };
  handlers.on_failure = [io, health,
                         failed = std::move(handlers.on_failure)](const ProviderError& error) {
    health->failed(error, io.now());
    failed(error);
  };
  auto request = synthesis_request(resolved, format, text);
  const auto answer = std::make_shared<Answer>(resolved, format, text, std::move(handlers));
  return start_provider_request(
      io, health, resolved.provider.hedge, std::move(request),
      {.on_answer = [answer](const HttpAnswer& a) { answer->begin(a); },
       .on_bytes = [answer](Bytes bytes) { answer->bytes(bytes); },
       .on_end = [answer] { answer->end(); },
       .on_failure = [answer](const HttpFailure& f) { answer->failure(f); }});
}

}  // namespace centralita
