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

// A caller handed to somebody else: blind, and our part is over; or warm, where the other party is
// rung first and the caller comes back to the agent when nobody can be reached. In fact the caller
// never leaves: the stream goes on until the other party has answered.
struct TransferOrder {
  std::string to;         // +525512345678
  std::string name = {};  // what the agent calls them; empty: by the number
  bool warm = false;
  int ring_seconds = 30;  // 5-120; warm
};

class TelephoneLine {
 public:
  using Done = std::function<void(const Result<bool>&)>;

  virtual ~TelephoneLine() = default;
  // Blind: answered when the carrier has done it or refuses. Warm: when the other party is being
  // rung; if they are not reached after that, the call is told so (Call::came_back). Either way a
  // transfer that succeeds ends the call as "transferred".
  virtual void transfer(const TransferOrder& order, Done done) = 0;
  // Presses keys: 0-9 * # A-D, w and W for pauses.
  virtual void send_dtmf(const std::string& digits, Done done) = 0;
};

}  // namespace centralita
