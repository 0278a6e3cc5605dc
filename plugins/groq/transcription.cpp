#include "plugins/groq/transcription.h"

#include "plugins/base/json.h"
#include "plugins/base/provider_request.h"
#include "plugins/groq/flac.h"
#include "plugins/groq/multipart.h"
#include "plugins/groq/wav.h"
#include "plugins/groq/whisper_prompt.h"

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
  if (error.code == Code::kTooLarge)
    error.text =
        std::string(kProvider) + " (" + kOperation +
        ") does not take an upload of this size (HTTP 413). Make max-utterance shorter, or "
        "the sample rate lower: the service hears at 16 kHz.";
  return error;
}

}  // namespace

TranscriptionSettings TranscriptionSettings::resolved() const {
  auto copy = *this;
  copy.provider = provider.resolved(kGroqTranscription, kGroqBaseUrl);
  return copy;
}

TranscriptionSettings TranscriptionSettings::fallback() const {
  auto copy = *this;
  copy.provider = provider.fallback();
  if (!provider.fallback_choice.empty())
    copy.model = provider.fallback_choice;
  return copy;
}

std::string transcription_url(const TranscriptionSettings& resolved) {
  return resolved.provider.base_url + "/audio/transcriptions";
}

Result<HttpRequest> transcription_request(const TranscriptionSettings& resolved,
                                          const Utterance& utterance, unsigned number,
                                          UploadFormat format) {
  const auto name = "utterance-" + std::to_string(number);
  Multipart form;
  form.field("model", resolved.model)
      .field("response_format", resolved.verbose_json ? "verbose_json" : "json");
  if (const auto language = iso_language(resolved.language); !language.empty())
    form.field("language", language);
  if (const auto prompt = whisper_prompt(resolved.prompt, resolved.keywords); !prompt.text.empty())
    form.field("prompt", prompt.text);
  std::array<char, G_ASCII_DTOSTR_BUF_SIZE> digits;
  form.field("temperature",
             g_ascii_formatd(digits.data(), digits.size(), "%g", resolved.temperature));
  if (format == UploadFormat::kFlac) {
    auto flac = flac_file(utterance.samples, utterance.rate);
    if (!flac)
      return Unexpected(flac.error());
    form.file("file", name + ".flac", "audio/flac", std::move(*flac));
  } else {
    form.file("file", name + ".wav", "audio/wav", wav_file(utterance.samples, utterance.rate));
  }
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

Slot start_transcription(const IoContext& io, const TranscriptionSettings& resolved,
                         HttpRequest request, std::function<void(TranscriptionAnswer)> done) {
  struct State {
    TranscriptionSettings settings;
    std::string url;
    std::function<void(TranscriptionAnswer)> done;
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
      auto parsed = parse_whisper_answer(body);
      if (!parsed)
        return malformed(parsed.error());
      done(std::move(*parsed));
    }
  };
  auto begun = ProviderHealth::shared().begin(kProvider, kOperation, request.url, io.now(),
                                              resolved.provider.lane);
  if (!begun)
    return io.after(
        {}, [done = std::move(done)] { done(Unexpected(breaker_open(kProvider, kOperation))); });
  const auto health = std::make_shared<ProviderHealth::Request>(std::move(*begun));
  done = [io, health, done = std::move(done)](TranscriptionAnswer answer) {
    if (answer)
      health->succeeded(io.now());
    else
      health->failed(answer.error(), io.now());
    done(std::move(answer));
  };
  const auto state = std::make_shared<State>(
      State{.settings = resolved, .url = request.url, .done = std::move(done)});
  return start_provider_request(
      io, health, resolved.provider.hedge, std::move(request),
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
