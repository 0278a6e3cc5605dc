// Calls that the history still has open and that no stream and no webhook of this server speaks of:
// what a crash or a lost webhook leaves behind. A little after the start and once a minute their
// carrier is asked; what it says is over is closed in the history, with the cause.
//
// Whose call it was does not matter: the carrier's word holds for every server. Main thread only.
#pragma once

#include "server/store/store.h"
#include "server/telephony/phone_calls.h"

namespace centralita {

class OpenCalls {
 public:
  // All outlive it.
  OpenCalls(IoContext io, PhoneCalls& calls, store::Store& store);

  void sweep();

 private:
  void ask(const std::vector<store::CallRow>& open);

  const IoContext io_;
  PhoneCalls& calls_;
  store::Store& store_;
  Slot timer_;
};

}  // namespace centralita
