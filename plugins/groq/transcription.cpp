#include "plugins/groq/transcription.h"

#include "plugins/base/json.h"
#include "plugins/groq/multipart.h"
#include "plugins/groq/wav.h"

#include <algorithm>
#include <array>

namespace centralita {
namespace {

using Code = ProviderError::Code;

constexpr auto kProvider = kGroqTranscription.provider;
constexpr auto kOperation = kGroqTranscription.operation;

// A transcript of the longest utterance is some kilobytes; with segments and their tokens, some
// hundred. More than this is no transcript.
constexpr std::size_t kMaxAnswer = 4 * 1024 * 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// "es-MX" -> "es"
std::string iso_language(std::string_view tag) {
  std::string language(trimmed(tag.substr(0, tag.find_first_of("-_"))));
  std::transform(language.begin(), language.end(), language.begin(),
                 [](char c) { return g_ascii_tolower(c); });
  return language;
}

// Conventional thresholds of Whisper (its own decoder uses them to reject a segment).
bool is_noise(const json::Object& segment) {
  const double no_speech = segment.number("no_speech_prob").value_or(0);
  const double logprob = segment.number("avg_logprob").value_or(0);
  const double compression = segment.number("compression_ratio").value_or(0);
  return (no_speech > 0.6 && logprob < -1) || compression > 2.4;
}

ProviderError http_error(const TranscriptionSettings& settings, const HttpAnswer& answer,
                         std::string_view body) {
  auto error =
      ProviderError::from_http(kProvider, kOperation, answer.status, answer.retry_after, body);
  const auto document = json::parse(body);
  const auto fields = document ? document->object().object("error") : std::optional<json::Object>();
  if (fields && fields->string("code") == "model_decommissioned") {
    error.code = Code::kModelRetired;
    error.text = std::string(kProvider) + " (" + kOperation + ") has shut down the model \"" +
                 settings.model + "\". Choose another one.";
  }
  return error;
}

}  // namespace

TranscriptionSettings TranscriptionSettings::resolved() const {
  auto copy = *this;
  copy.provider = provider.resolved(kGroqTranscription, kGroqBaseUrl);
  return copy;
}

std::string transcription_url(const TranscriptionSettings& resolved) {
  return resolved.provider.base_url + "/audio/transcriptions";
}

HttpRequest transcription_request(const TranscriptionSettings& resolved, const Utterance& utterance,
                                  unsigned number) {
  Multipart form;
  form.field("model", resolved.model).field("response_format", "verbose_json");
  if (const auto language = iso_language(resolved.language); !language.empty())
    form.field("language", language);
  if (!resolved.prompt.empty())
    form.field("prompt", resolved.prompt);
  std::array<char, G_ASCII_DTOSTR_BUF_SIZE> digits;
  form.field("temperature",
             g_ascii_formatd(digits.data(), digits.size(), "%g", resolved.temperature));
  form.file("file", "utterance-" + std::to_string(number) + ".wav", "audio/wav",
            wav_file(utterance.samples, utterance.rate));
  auto built = form.build();

  HttpRequest request{.url = transcription_url(resolved),
                      .headers = {{"Accept", "application/json"}},
                      .content_type = std::move(built.content_type),
                      .body = std::move(built.body),
                      .deadlines = resolved.provider.deadlines};
  if (!resolved.provider.api_key.empty())
    request.headers.emplace_back("Authorization", "Bearer " + resolved.provider.api_key);
  return request;
}

Result<Transcript> parse_transcript(std::string_view body) {
  const auto document = json::parse(body);
  if (!document)
    return Unexpected(document.error());
  const auto answer = document->object();
  const auto text = answer.string("text");
  if (!text)
    return Unexpected("there is no \"text\" in the answer");

  Transcript transcript{.language = answer.string("language").value_or("")};
  std::string kept;
  for (const auto& segment : answer.objects("segments")) {
    if (is_noise(segment))
      ++transcript.dropped_segments;
    else
      kept += segment.string("text").value_or("");
  }
  transcript.text = trimmed(transcript.dropped_segments > 0 ? kept : *text);
  return transcript;
}

Slot Transcription::start(const IoContext& io, const TranscriptionSettings& resolved,
                          HttpRequest request, std::function<void(TranscriptionResult)> done) {
  struct State {
    TranscriptionSettings settings;
    std::string url;
    std::function<void(TranscriptionResult)> done;
    HttpAnswer answer;
    std::string body;
    bool too_long = false;

    bool success() const { return answer.status >= 200 && answer.status < 300; }
    void malformed(std::string what) {
      done(Unexpected(
          to_provider_error({Code::kMalformed, std::move(what)}, kProvider, kOperation, url)));
    }
    void finish() {
      if (!success())
        return done(Unexpected(http_error(settings, answer, body)));
      if (too_long)
        return malformed("the answer is larger than any transcript");
      auto transcript = parse_transcript(body);
      if (!transcript)
        return malformed(transcript.error());
      done(std::move(*transcript));
    }
  };
  const auto state = std::make_shared<State>(
      State{.settings = resolved, .url = request.url, .done = std::move(done)});
  return HttpStream::start(
      io, std::move(request),
      {.on_answer = [state](const HttpAnswer& answer) { state->answer = answer; },
       .on_bytes =
           [state](std::span<const std::uint8_t> bytes) {
             if (state->body.size() + bytes.size() > kMaxAnswer)
               state->too_long = true;
             else
               state->body.append(bytes.begin(), bytes.end());
           },
       .on_end = [state] { state->finish(); },
       .on_failure =
           [state](const HttpFailure& failure) {
             // An error whose explanation was cut off is still that error.
             if (state->answer.status != 0 && !state->success())
               return state->finish();
             state->done(Unexpected(to_provider_error(failure, kProvider, kOperation, state->url)));
           }});
}

}  // namespace centralita
