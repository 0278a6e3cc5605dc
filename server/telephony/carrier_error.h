// Why a carrier did not do what it was told, in a form that a program can act on and an operator
// can mend.
#pragma once

#include "plugins/base/provider_error.h"

#include <string>
#include <string_view>

namespace centralita {

struct CarrierError {
  enum class Code {
    kBadKey,        // the credentials are wrong or may not do this
    kCallOver,      // the call has ended, or never was
    kNotAnswered,   // the call is not in a state for this
    kBadNumber,     // the number to call cannot be called
    kBadCaller,     // the number to call from is not ours
    kRateLimited,   // too many requests; not executed
    kNoCapacity,    // all channels of the account are in use
    kBadRequest,    // something else that the carrier does not accept
    kUnavailable,   // 5xx: whether it was executed is not known
    kUnreachable,   // no connection, or it was cut
    kTimeout,       // no answer in time
    kNotConfigured  // a credential is not set here
  };

  Code code = Code::kUnavailable;
  std::string carrier, command;  // "twilio", "hang-up"
  std::string text;              // one sentence: what happened and what to do
  std::string carrier_code;      // the carrier's own: "21211", "90018"
  int http_status = 0;           // 0: there was no answer
  bool never_sent = false;       // there was no connection: it cannot have been executed
  std::optional<std::chrono::milliseconds> retry_after;

  // Whether the same command may succeed a little later.
  bool may_pass() const;
  // Whether the carrier may have done it all the same, and its answer was lost.
  bool may_be_done() const {
    return !never_sent &&
           (code == Code::kUnavailable || code == Code::kUnreachable || code == Code::kTimeout);
  }
  static const char* name(Code code);  // "bad-key"

  static CarrierError from_twilio(std::string command, int status, std::string_view body);
  static CarrierError from_telnyx(std::string command, int status, std::string_view body);
  static CarrierError from_failure(std::string carrier, std::string command,
                                   ProviderError::Code code, const std::string& detail);
  static CarrierError not_configured(std::string carrier, std::string command,
                                     const std::string& what);
};

}  // namespace centralita
