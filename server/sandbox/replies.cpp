#include "server/sandbox/replies.h"

#include <algorithm>
#include <cstdio>

namespace centralita::sandbox {
namespace {

constexpr std::int64_t kRequestsPerDay = 1000;
constexpr std::int64_t kTokensPerMinute = 8000;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// A duration as Go prints it: "1m26.4s", "7.66s".
std::string go_duration(double seconds) {
  const int minutes = static_cast<int>(seconds) / 60;
  const double rest = seconds - minutes * 60;
  return (minutes > 0 ? std::to_string(minutes) + "m" : "") + number(rest) + "s";
}

}  // namespace

std::string random_id(int length) {
  static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string id;
  for (int i = 0; i < length; ++i) id += kLetters[g_random_int_range(0, 36)];
  return id;
}

std::string to_body(const GroqError& error) {
  json::Object inner;
  inner.set("message", error.message).set("type", error.type);
  if (!error.code.empty())
    inner.set("code", error.code);
  if (!error.param.empty())
    inner.set("param", error.param);
  return json::Object().set("error", inner).to_string() + "\n";
}

void answer_error(Exchange& exchange, const GroqError& error) {
  Headers headers;
  const auto& fault = exchange.fault();
  if (error.status == 429)
    headers.emplace_back("retry-after", number(fault.retry_after.value_or(2)));
  exchange.answer(error.status, "application/json", to_body(error), headers);
}

GroqError groq_error(int status, std::string_view model, std::optional<double> retry_after) {
  const std::string name = "`" + std::string(model.empty() ? "sandbox" : model) + "`";
  switch (status) {
    case 401:
      return {401, "Invalid API Key", "invalid_request_error", "invalid_api_key", ""};
    case 404:
      return {404, "The model " + name + " does not exist or you do not have access to it.",
              "invalid_request_error", "model_not_found", ""};
    case 413:
      return {413,
              "Request too large for model " + name +
                  " in organization `org_sandbox` service tier `on_demand` on tokens per minute "
                  "(TPM): Limit 8000, Requested 10013, please reduce your message size and try "
                  "again.",
              "tokens", "rate_limit_exceeded", ""};
    case 429:
      return {429,
              "Rate limit reached for model " + name +
                  " in organization `org_sandbox` service tier `on_demand` on tokens per minute "
                  "(TPM): Limit 8000, Used 7000, Requested 2000. Please try again in " +
                  go_duration(retry_after.value_or(2)) + ".",
              "tokens", "rate_limit_exceeded", ""};
    case 498:
      return {498, "Flex tier capacity exceeded.", "invalid_request_error", "capacity_exceeded",
              ""};
    case 503:
      return {503, "Service unavailable.", "service_unavailable", "", ""};
    default:
      if (status >= 500)
        return {status, "Internal Server Error", "internal_server_error", "", ""};
      return {status, "The sandbox was asked for status " + std::to_string(status) + ".",
              "invalid_request_error", "", ""};
  }
}

Headers RateLimits::headers(std::int64_t tokens) {
  ++requests_;
  const auto left = std::max<std::int64_t>(kRequestsPerDay - requests_ % kRequestsPerDay, 0);
  const auto tokens_left = std::max<std::int64_t>(kTokensPerMinute - tokens, 0);
  return {{"x-ratelimit-limit-requests", std::to_string(kRequestsPerDay)},
          {"x-ratelimit-remaining-requests", std::to_string(left)},
          {"x-ratelimit-reset-requests", go_duration(86.4)},
          {"x-ratelimit-limit-tokens", std::to_string(kTokensPerMinute)},
          {"x-ratelimit-remaining-tokens", std::to_string(tokens_left)},
          {"x-ratelimit-reset-tokens",
           go_duration(60.0 * static_cast<double>(tokens) / kTokensPerMinute)}};
}

void answer_azure_error(Exchange& exchange, int status, std::string text,
                        std::optional<double> retry_after) {
  Headers headers{{"X-RequestId", random_id(32)}};
  if (retry_after)
    headers.emplace_back("Retry-After", number(*retry_after));
  exchange.answer(status, "text/plain", std::move(text), headers);
}

}  // namespace centralita::sandbox
