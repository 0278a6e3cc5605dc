// One request for the text of an utterance, as OpenAI's /audio/transcriptions defines it and Groq
// and others serve it.
#pragma once

#include "plugins/base/provider_settings.h"
#include "plugins/base/retry.h"
#include "plugins/groq/hallucination_gate.h"
#include "plugins/groq/utterance.h"

#include <string>
#include <vector>

namespace centralita {

inline constexpr char kGroqBaseUrl[] = "https://api.groq.com/openai/v1";

inline constexpr ProviderInfo kGroqTranscription{
    .provider = "groq",
    .operation = "transcription",
    .url_property = "base-url",
    .url_blurb = "What precedes /audio/transcriptions; empty: GROQ_BASE_URL, or Groq's",
    .url_variable = "GROQ_BASE_URL",
    .key_variable = "GROQ_API_KEY",
    .choice = "model",
    .fallback_url_variable = "GROQ_FALLBACK_BASE_URL",
    .fallback_key_variable = "GROQ_FALLBACK_API_KEY",
    .hosts = {"groq.com"}};

enum class UploadFormat { kWav, kFlac };

struct TranscriptionSettings {
  ProviderSettings provider;
  std::string model = "whisper-large-v3-turbo";
  std::string language;  // BCP 47; what precedes the hyphen is sent; empty: the service guesses
  std::string prompt;    // what was said before, or words to expect, in the same language
  std::vector<std::string> keywords;  // to be heard right; joined by whisper_prompt.h
  double temperature = 0;             // 0-1
  UploadFormat format = UploadFormat::kWav;
  // Segments with their scores, without which the gate knows the text and the audio only.
  bool verbose_json = true;
  Strictness gate = Strictness::kNormal;
  RetryPolicy retry;

  // With what is unset taken from the environment.
  TranscriptionSettings resolved() const;
  // Groq itself answers nobody without a key; another server may.
  bool lacks_key() const { return provider.lacks_key(kGroqTranscription); }

  // Of resolved ones: whether there is somebody else to ask, and how.
  bool has_fallback() const { return provider.has_fallback(kGroqTranscription); }
  TranscriptionSettings fallback() const;
};

std::string transcription_url(const TranscriptionSettings& resolved);
// The audio in `format`, whatever the settings say.
Result<HttpRequest> transcription_request(const TranscriptionSettings& resolved,
                                          const Utterance& utterance, unsigned number,
                                          UploadFormat format);

using TranscriptionAnswer = Result<WhisperAnswer, ProviderError>;

// On `io`'s thread; `done` is called once, later, unless the Slot is dropped before.
Slot start_transcription(const IoContext& io, const TranscriptionSettings& resolved,
                         HttpRequest request, std::function<void(TranscriptionAnswer)> done);

}  // namespace centralita
