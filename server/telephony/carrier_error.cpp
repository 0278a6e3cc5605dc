#include "server/telephony/carrier_error.h"

#include "plugins/base/json.h"

#include <array>

namespace centralita {
namespace {

using Code = CarrierError::Code;

struct KnownCode {
  std::string_view number;
  Code code;
};

// twilio.com/docs/api/errors
constexpr std::array kTwilioCodes = {
    KnownCode{"20003", Code::kBadKey},      KnownCode{"20404", Code::kCallOver},
    KnownCode{"20429", Code::kRateLimited}, KnownCode{"21205", Code::kBadRequest},
    KnownCode{"21210", Code::kBadCaller},   KnownCode{"21211", Code::kBadNumber},
    KnownCode{"21212", Code::kBadCaller},   KnownCode{"21213", Code::kBadCaller},
    KnownCode{"10004", Code::kNoCapacity},  KnownCode{"21214", Code::kBadNumber},
    KnownCode{"21215", Code::kBadNumber},   KnownCode{"21216", Code::kBadNumber},
    KnownCode{"21217", Code::kBadNumber},   KnownCode{"21219", Code::kBadNumber},
    KnownCode{"21220", Code::kCallOver},    KnownCode{"32018", Code::kBadRequest}};

// developers.telnyx.com, "API errors"
constexpr std::array kTelnyxCodes = {
    KnownCode{"10009", Code::kBadKey},     KnownCode{"10011", Code::kRateLimited},
    KnownCode{"10015", Code::kBadRequest}, KnownCode{"90015", Code::kCallOver},
    KnownCode{"90018", Code::kCallOver},   KnownCode{"90034", Code::kNotAnswered},
    KnownCode{"90041", Code::kNoCapacity}, KnownCode{"90042", Code::kNoCapacity},
    KnownCode{"90043", Code::kNoCapacity}};

template <std::size_t N>
Code code_of(const std::array<KnownCode, N>& known, const std::string& number, int status) {
  for (const auto& entry : known)
    if (entry.number == number)
      return entry.code;
  if (status == 401 || status == 403)
    return Code::kBadKey;
  if (status == 404)
    return Code::kCallOver;
  if (status == 429)
    return Code::kRateLimited;
  return status >= 500 ? Code::kUnavailable : Code::kBadRequest;
}

std::string what_to_do(Code code, const std::string& carrier, const std::string& command) {
  const bool twilio = carrier == "twilio";
  switch (code) {
    case Code::kBadKey:
      return twilio ? "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or the API key)."
                    : "Check TELNYX_API_KEY.";
    case Code::kCallOver:
      return "The call is over or was never there.";
    case Code::kNotAnswered:
      return "The call has not been answered yet.";
    case Code::kBadNumber:
      return "Check the number, and the countries that the account may call.";
    case Code::kBadCaller:
      return "The number to call from must belong to the account or be verified there.";
    case Code::kRateLimited:
      return "Too many requests at once; the account's limit can be raised with the carrier.";
    case Code::kNoCapacity:
      return "All of the account's channels are in use.";
    case Code::kUnavailable:
      return "The carrier has a problem of its own; its status page says more.";
    case Code::kUnreachable:
    case Code::kTimeout:
      return "Check that this machine reaches the carrier's API.";
    case Code::kBadRequest:
      return command == "dial" && !twilio ? "Is TELNYX_CONNECTION_ID the application's, and has it "
                                            "an outbound voice profile?"
                                          : "";
    case Code::kNotConfigured:
      return "";
  }
  return "";
}

// Of a call that is yet to be made nothing can be over: what was not found is something else.
bool makes_a_call(const std::string& command, const std::string& carrier) {
  return command == "dial" || (command == "consult" && carrier == "twilio");
}

CarrierError error_of(Code code, std::string carrier, std::string command, int status,
                      std::string number, const std::string& message) {
  if (code == Code::kCallOver && makes_a_call(command, carrier))
    code = Code::kBadRequest;
  CarrierError error{.code = code,
                     .carrier = std::move(carrier),
                     .command = std::move(command),
                     .carrier_code = std::move(number),
                     .http_status = status};
  error.text = error.carrier + " did not " + error.command + ": " +
               (message.empty() ? "HTTP " + std::to_string(status) : message) +
               (error.carrier_code.empty() ? "" : " (" + error.carrier_code + ")") + ". " +
               what_to_do(code, error.carrier, error.command);
  return error;
}

}  // namespace

bool CarrierError::may_pass() const {
  return code == Code::kRateLimited || code == Code::kUnavailable || code == Code::kUnreachable ||
         code == Code::kTimeout;
}

const char* CarrierError::name(Code code) {
  switch (code) {
    case Code::kBadKey:
      return "bad-key";
    case Code::kCallOver:
      return "call-over";
    case Code::kNotAnswered:
      return "not-answered";
    case Code::kBadNumber:
      return "bad-number";
    case Code::kBadCaller:
      return "bad-caller";
    case Code::kRateLimited:
      return "rate-limited";
    case Code::kNoCapacity:
      return "no-capacity";
    case Code::kBadRequest:
      return "bad-request";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kUnreachable:
      return "unreachable";
    case Code::kTimeout:
      return "timeout";
    case Code::kNotConfigured:
      return "not-configured";
  }
  return "";
}

CarrierError CarrierError::from_twilio(std::string command, int status, std::string_view body) {
  std::string number, message;
  if (const auto document = json::parse(body)) {
    if (const auto code = document->object().number_or_text("code"))
      number = std::to_string(*code);
    message = document->object().string("message").value_or("");
  }
  return error_of(code_of(kTwilioCodes, number, status), "twilio", std::move(command), status,
                  number, message);
}

CarrierError CarrierError::from_telnyx(std::string command, int status, std::string_view body) {
  std::string number, message;
  if (const auto document = json::parse(body))
    if (const auto errors = document->object().objects("errors"); !errors.empty()) {
      number = errors[0].string("code").value_or("");
      message = errors[0].string("detail").value_or(errors[0].string("title").value_or(""));
    }
  while (message.ends_with('.')) message.pop_back();
  return error_of(code_of(kTelnyxCodes, number, status), "telnyx", std::move(command), status,
                  number, message);
}

CarrierError CarrierError::from_failure(std::string carrier, std::string command,
                                        ProviderError::Code code, const std::string& detail) {
  using Failure = ProviderError::Code;
  const bool late = code == Failure::kConnectTimeout || code == Failure::kFirstByteTimeout ||
                    code == Failure::kStalled;
  auto error = error_of(late ? Code::kTimeout : Code::kUnreachable, std::move(carrier),
                        std::move(command), 0, "", detail);
  error.never_sent = code == Failure::kRefused || code == Failure::kConnectTimeout;
  return error;
}

CarrierError CarrierError::not_configured(std::string carrier, std::string command,
                                          const std::string& what) {
  CarrierError error{
      .code = Code::kNotConfigured, .carrier = std::move(carrier), .command = std::move(command)};
  error.text = what + " is not set on this server, so " + error.carrier + " cannot be told to " +
               error.command + ".";
  return error;
}

}  // namespace centralita
