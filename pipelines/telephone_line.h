// What a call can have done to the telephone line that it is on, beside its audio. Implemented by
// the server; a call in a browser has none.
//
// Called on the call's shard; answered there too, exactly once while the call lasts and perhaps not
// after it. An error is a sentence for the model: what went wrong.
#pragma once

#include "plugins/base/result.h"

#include <functional>
#include <string>

namespace centralita {

class TelephoneLine {
 public:
  using Done = std::function<void(const Result<bool>&)>;

  virtual ~TelephoneLine() = default;
  // Hands the caller to `number` (E.164). When it succeeds the call ends as "transferred".
  virtual void transfer(const std::string& number, Done done) = 0;
  // Presses keys: 0-9 * # A-D, w and W for pauses.
  virtual void send_dtmf(const std::string& digits, Done done) = 0;
};

}  // namespace centralita
