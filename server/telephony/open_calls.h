// Calls that the history still has open and that no stream and no webhook of this server speaks of:
// what a crash or a lost webhook leaves behind. A little after the start and once a minute their
// carrier is asked; what it says is over is closed in the history, with the cause. And lines that a
// server left open when it died are hung up: its stream is gone, which ends a call at Twilio but
// not at Telnyx.
//
// Whose call it was does not matter: the carrier's word holds for every server. Main thread only.
#pragma once

#include "server/store/call_lists.h"
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
  void close(const std::vector<store::CutOffCall>& lines);

  const IoContext io_;
  PhoneCalls& calls_;
  store::Store& store_;
  SeenIds closed_;                // lines that have been hung up
  std::size_t asked_before_ = 0;  // about so many calls: the next ones come first
  Slot timer_;
};

}  // namespace centralita
