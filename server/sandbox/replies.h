// The answers that are the same for every operation: errors in each provider's own shape, request
// ids, and Groq's rate-limit headers.
#pragma once

#include "server/sandbox/exchange.h"

#include <string>
#include <string_view>

namespace centralita::sandbox {

// An opaque id of that many letters and digits.
std::string random_id(int length);
inline std::string groq_request_id() { return "req_01" + random_id(24); }

struct GroqError {
  int status = 400;
  std::string message;
  std::string type = "invalid_request_error";
  std::string code;
  std::string param;
};
std::string to_body(const GroqError& error);
void answer_error(Exchange& exchange, const GroqError& error);
// The error that Groq gives with that status.
GroqError groq_error(int status, std::string_view model, std::optional<double> retry_after);

// What is left of the day's requests and the minute's tokens, counted from the sandbox's start.
class RateLimits {
 public:
  Headers headers(std::int64_t tokens);  // of one more request

 private:
  std::int64_t requests_ = 0;
};

// Azure's: an empty body or a plain sentence.
void answer_azure_error(Exchange& exchange, int status, std::string text,
                        std::optional<double> retry_after = {});

}  // namespace centralita::sandbox
