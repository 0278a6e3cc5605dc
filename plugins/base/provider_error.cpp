#include "plugins/base/provider_error.h"

#include <array>
#include <cmath>

namespace centralita {
namespace {

using Code = ProviderError::Code;

struct CodeInfo {
  Code code;
  const char* name;
  bool retriable;
};
constexpr std::array kCodes = {
    CodeInfo{Code::kBadKey, "bad-key", false},
    CodeInfo{Code::kRateLimited, "rate-limited", true},
    CodeInfo{Code::kTooLarge, "too-large", false},
    CodeInfo{Code::kBadRequest, "bad-request", false},
    CodeInfo{Code::kModelRetired, "model-retired", false},
    CodeInfo{Code::kUnavailable, "unavailable", true},
    CodeInfo{Code::kRefused, "refused", true},
    CodeInfo{Code::kConnectTimeout, "connect-timeout", true},
    CodeInfo{Code::kFirstByteTimeout, "first-byte-timeout", true},
    CodeInfo{Code::kStalled, "stalled", true},
    CodeInfo{Code::kConnectionLost, "connection-lost", true},
    CodeInfo{Code::kMalformed, "malformed-answer", true},
};

const CodeInfo& info(Code code) {
  for (const auto& entry : kCodes)
    if (entry.code == code)
      return entry;
  g_assert_not_reached();
}

Code code_for_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return Code::kBadKey;
    case 413:
      return Code::kTooLarge;
    case 408:
    case 429:
    case 498:
      return Code::kRateLimited;
    default:
      return status >= 400 && status < 500 ? Code::kBadRequest : Code::kUnavailable;
  }
}

std::string sentence(Code code, const std::string& provider, const std::string& operation,
                     int status) {
  const std::string who = provider + " (" + operation + ")";
  const std::string answered = " answered HTTP " + std::to_string(status);
  switch (code) {
    case Code::kBadKey:
      return who + answered +
             ": the API key is wrong, expired or not allowed this service. Check it.";
    case Code::kRateLimited:
      return who + answered + ": too many requests for this account. Wait, or raise its limits.";
    case Code::kTooLarge:
      return who + answered +
             ": the request is larger than this account or model allows. Send less.";
    case Code::kBadRequest:
      return who + answered + ": it does not accept the request. Check model, voice and settings.";
    default:
      return who + answered + ": the service is failing. Try again; check its status page.";
  }
}

}  // namespace

bool ProviderError::retriable() const { return info(code).retriable; }

const char* ProviderError::name(Code code) { return info(code).name; }

ProviderError ProviderError::from_http(std::string provider, std::string operation, int status,
                                       std::optional<std::chrono::milliseconds> retry_after,
                                       std::string_view body) {
  constexpr std::size_t kQuoted = 500;
  const Code code = code_for_status(status);
  const OwnedString quoted(
      g_utf8_make_valid(body.data(), static_cast<gssize>(std::min(body.size(), kQuoted))));
  auto text = sentence(code, provider, operation, status);
  return {.code = code,
          .provider = std::move(provider),
          .operation = std::move(operation),
          .text = std::move(text),
          .detail = "HTTP " + std::to_string(status) +
                    (body.empty() ? ", empty body" : std::string(": ") + quoted.get()),
          .http_status = status,
          .retry_after = retry_after};
}

std::optional<ProviderError> ProviderError::from_message(GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ELEMENT ||
      !gst_message_has_name(message, "provider-error"))
    return std::nullopt;
  const auto* fields = gst_message_get_structure(message);
  const auto text_of = [&](const char* field) -> std::string {
    const char* value = gst_structure_get_string(fields, field);
    return value ? value : "";
  };
  ProviderError error{.provider = text_of("provider"),
                      .operation = text_of("operation"),
                      .text = text_of("text"),
                      .detail = text_of("detail")};
  for (const auto& entry : kCodes)
    if (text_of("code") == entry.name)
      error.code = entry.code;
  gst_structure_get_int(fields, "http-status", &error.http_status);
  gint64 retry_after = -1;
  if (gst_structure_get_int64(fields, "retry-after-ms", &retry_after) && retry_after >= 0)
    error.retry_after = std::chrono::milliseconds(retry_after);
  return error;
}

void ProviderError::post(GstElement* element) const {
  gst_element_post_message(
      element, gst_message_new_element(
                   GST_OBJECT_CAST(element),
                   gst_structure_new(
                       "provider-error", "provider", G_TYPE_STRING, provider.c_str(), "operation",
                       G_TYPE_STRING, operation.c_str(), "code", G_TYPE_STRING, name(code), "text",
                       G_TYPE_STRING, text.c_str(), "detail", G_TYPE_STRING, detail.c_str(),
                       "http-status", G_TYPE_INT, http_status, "retry-after-ms", G_TYPE_INT64,
                       retry_after ? static_cast<gint64>(retry_after->count()) : gint64{-1},
                       "retriable", G_TYPE_BOOLEAN, retriable(), nullptr)));
  GST_ELEMENT_WARNING(element, RESOURCE, FAILED, ("%s", text.c_str()), ("%s", detail.c_str()));
}

std::optional<std::chrono::milliseconds> parse_retry_after(const char* header) {
  if (!header)
    return std::nullopt;
  char* end = nullptr;
  const double seconds = g_ascii_strtod(header, &end);
  if (end == header || !std::isfinite(seconds) || seconds < 0 || seconds > 86400)
    return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

}  // namespace centralita
