// One synthesis: the request for a text (Azure's /cognitiveservices/v1), and its audio as it
// arrives.
#pragma once

#include "plugins/azure/ssml.h"
#include "plugins/base/provider_settings.h"

#include <span>
#include <string>

namespace centralita {

// An audio format that Azure streams without a header.
struct AudioFormat {
  const char* header;  // value of X-Microsoft-OutputFormat
  const char* caps;
  int rate;          // Hz
  int sample_bytes;  // 1 or 2; mono
};
// In order of preference: the rate of the neural voices first, what the service resamples last.
std::span<const AudioFormat> audio_formats();

inline constexpr ProviderInfo kAzure{
    .provider = "azure",
    .operation = "synthesis",
    .url_property = "endpoint",
    .url_blurb = "Base URL instead of the region's; empty: AZURE_SPEECH_ENDPOINT, or the region's",
    .url_variable = "AZURE_SPEECH_ENDPOINT",
    .key_variable = "AZURE_SPEECH_KEY",
    .choice = "voice",
    .fallback_url_variable = "AZURE_SPEECH_FALLBACK_ENDPOINT",
    .fallback_key_variable = "AZURE_SPEECH_FALLBACK_KEY",
    .hosts = {"speech.microsoft.com", "speech.azure.cn", "speech.azure.us",
              "cognitiveservices.azure.com"}};

struct SynthesisSettings {
  ProviderSettings provider;  // its base URL: empty: AZURE_SPEECH_ENDPOINT, or the region's
  std::string region;         // empty: AZURE_SPEECH_REGION, or eastus
  Voice voice;
  bool normalise = true;  // numbers, dates and the like in words, where the language is known
  std::shared_ptr<const Dictionary> dictionary;  // null: none

  // With what is unset taken from the environment, and the base URL complete: the one to post to.
  SynthesisSettings resolved() const;
  // Azure itself answers nobody without a key; another server may.
  bool lacks_key() const { return provider.lacks_key(kAzure); }

  // Of resolved ones: whether there is somebody else to ask, and how.
  bool has_fallback() const { return provider.has_fallback(kAzure); }
  SynthesisSettings fallback() const;
};

// What is sent for a text: the dictionary's words with their pronunciation, and what is between
// them in words (normalise/normalise.h). Of the service only: everybody else sees the text itself.
std::string spoken_ssml(const SynthesisSettings& settings, std::string_view text);

HttpRequest synthesis_request(const SynthesisSettings& resolved, const AudioFormat& format,
                              std::string_view text);

struct SynthesisHandlers {
  std::function<void(std::span<const std::uint8_t>)> on_audio;  // whole samples
  std::function<void()> on_end;                                 // there was audio, and this was all
  std::function<void(const ProviderError&)> on_failure;         // instead of on_end, at any point
};

// The least time in which a text can be said at a rate: 25 letters a second, which is half as fast
// again as the fastest voice. Nothing for short texts, whose length says little.
//
// Raw audio has no length of its own, the service sends no Content-Length, and libsoup 3.2 reports
// a chunked body that is cut between two chunks as its normal end: its body stream returns the 0 of
// the connection's end for the next chunk's size, and neither the message's signals nor its status
// tell the two apart (the connection itself is not to be had from a SoupMessage). What can be known
// is whether the audio is long enough.
std::chrono::nanoseconds least_duration(std::string_view spoken_text, double rate);

class Synthesis {
 public:
  // On `io`'s thread; nothing is called inside start(), nor once the Slot is dropped. An answer
  // whose audio is too short for its text is a lost connection. One
  // that succeeds without audio, or with a document or a file instead, is a failure
  // (malformed-answer).
  static Slot start(const IoContext& io, const SynthesisSettings& resolved,
                    const AudioFormat& format, std::string_view text, SynthesisHandlers handlers);
};

// Whether the first bytes of an answer are a RIFF file, JSON, XML or HTML. For an answer that is
// longer, kSniffed bytes are needed to say.
inline constexpr std::size_t kSniffed = 16;
bool is_no_raw_audio(std::span<const std::uint8_t> first_bytes);

}  // namespace centralita
