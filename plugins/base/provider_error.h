// What went wrong with a provider (speech-to-text, dialog, text-to-speech), in a form that a
// program can act on and a person can read.
//
// An element reports each failure once, with post(): an element message named "provider-error" with
// the fields
//   provider      string   "groq", "azure", ...
//   operation     string   "transcription", "chat", "synthesis"
//   code          string   see ProviderError::Code, in kebab-case: "bad-key", "first-byte-timeout",
//   ... text          string   one sentence for people: what happened and what to do detail string
//   for engineers: the provider's own words, the URL without secrets http-status   int      0 when
//   there was no answer retry-after-ms int64   -1 when the provider did not say retriable boolean
//   whether the same request may succeed later
// and, for those who watch a console, the same sentence as a GStreamer warning.
#pragma once

#include "plugins/base/ref.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace centralita {

struct ProviderError {
  enum class Code {
    kBadKey,            // 401, 403
    kRateLimited,       // 429, 498
    kTooLarge,          // 413
    kBadRequest,        // other 4xx
    kModelRetired,      // the configured model id is known to be shut down
    kUnavailable,       // 5xx
    kRefused,           // no connection: refused, no such host, TLS
    kConnectTimeout,    // no connection within its deadline
    kFirstByteTimeout,  // connected, but no answer within its deadline
    kStalled,           // the answer began and then stopped coming
    kConnectionLost,    // cut before the answer was whole
    kMalformed,         // an answer that is not what the protocol says
  };

  Code code = Code::kUnavailable;
  std::string provider;
  std::string operation;
  std::string text;
  std::string detail;
  int http_status = 0;
  std::optional<std::chrono::milliseconds> retry_after;

  bool retriable() const;
  static const char* name(Code code);  // "bad-key"

  // From an HTTP answer that is not a success. `body` is quoted in detail, shortened.
  static ProviderError from_http(std::string provider, std::string operation, int status,
                                 std::optional<std::chrono::milliseconds> retry_after,
                                 std::string_view body);

  // From the fields of a "provider-error" message; empty for any other message.
  static std::optional<ProviderError> from_message(GstMessage* message);

  void post(GstElement* element) const;
};

// "7.5", "7" (seconds) or absent. RFC 9110 also allows a date, which these providers do not send.
std::optional<std::chrono::milliseconds> parse_retry_after(const char* header);

}  // namespace centralita
