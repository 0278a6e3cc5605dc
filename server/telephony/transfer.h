// A caller handed to somebody else: blind, and our part is over; or warm, where the other party is
// rung first and the caller comes back to the agent when nobody can be reached. In fact the caller
// never leaves: the stream goes on until the other party has answered.
#pragma once

#include "plugins/base/slot.h"

#include <functional>
#include <string>

namespace centralita {

struct TransferOrder {
  std::string to;  // +525512345678
  bool warm = false;
  int ring_seconds = 30;  // 5-120; warm
};

struct TransferOutcome {
  bool connected = false;
  // "connected"; "busy", "no-answer", "failed", "canceled", "call-over", or the code of a carrier's
  // error.
  std::string cause;
  std::string text;  // one sentence, for people and for the agent
};

// Told once, on the main thread, when it is known; of a blind transfer that is when the carrier has
// taken it.
using TransferDone = std::function<void(const TransferOutcome&)>;

// One that is under way.
struct WarmTransfer {
  std::string tag, to, target_id;  // of the other party's call, when it is known
  bool answered = false;
  TransferDone done;
  Slot timer;
};

// "busy" -> "Nobody could be reached at +52...: the line is busy."
std::string transfer_failure_text(const std::string& cause, const std::string& to);

}  // namespace centralita
