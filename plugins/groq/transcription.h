// One transcription: the request for an utterance (OpenAI's /audio/transcriptions, as Groq and
// others serve it), and what the answer says.
#pragma once

#include "plugins/base/provider_settings.h"
#include "plugins/base/result.h"
#include "plugins/groq/utterance_buffer.h"

#include <string>
#include <string_view>

namespace centralita {

inline constexpr char kGroqBaseUrl[] = "https://api.groq.com/openai/v1";

inline constexpr ProviderInfo kGroqTranscription{
    .provider = "groq",
    .operation = "transcription",
    .url_property = "base-url",
    .url_blurb = "What precedes /audio/transcriptions; empty: GROQ_BASE_URL, or Groq's",
    .url_variable = "GROQ_BASE_URL",
    .key_variable = "GROQ_API_KEY",
    .hosts = {"groq.com"}};

struct TranscriptionSettings {
  ProviderSettings provider;
  std::string model = "whisper-large-v3-turbo";
  std::string language;    // BCP 47; what precedes the hyphen is sent; empty: the service guesses
  std::string prompt;      // words to expect, in the same language
  double temperature = 0;  // 0-1

  // With what is unset taken from the environment.
  TranscriptionSettings resolved() const;
  // Groq itself answers nobody without a key; another server may.
  bool lacks_key() const { return provider.lacks_key(kGroqTranscription); }
};

struct Transcript {
  std::string text;  // trimmed; without the segments that were no speech
  std::string
      language;  // as the service says it: often the English name; empty when it does not say
  int dropped_segments = 0;
};

std::string transcription_url(const TranscriptionSettings& resolved);
HttpRequest transcription_request(const TranscriptionSettings& resolved, const Utterance& utterance,
                                  unsigned number);

// Reads "json" and "verbose_json" answers. Of the latter, segments are dropped that Whisper made of
// noise: no_speech_prob > 0.6 with avg_logprob < -1, or compression_ratio > 2.4 (the same words
// over and over). The error says what is wrong with the answer.
Result<Transcript> parse_transcript(std::string_view body);

using TranscriptionResult = Result<Transcript, ProviderError>;

class Transcription {
 public:
  // On `io`'s thread; `done` is called once, later, unless the Slot is dropped before.
  static Slot start(const IoContext& io, const TranscriptionSettings& resolved, HttpRequest request,
                    std::function<void(TranscriptionResult)> done);
};

}  // namespace centralita
