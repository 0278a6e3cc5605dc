// Both carriers as simulators, and a server that is their customer. Scenarios run at the same time
// wherever they can: each waits for a conversation, none needs much CPU.
//
//   Calls calls;                                       // of one test
//   auto& done = calls.inbound(telnyx, "wait-greeting; hang-up");
//   auto& other = calls.outbound(twilio, {.kind = Callee::Kind::kBusy}, "hang-up");
//   calls.wait();                                      // until the carriers have seen all ends
//   done.call.report, calls.history(done)
#pragma once

#include "server/caller/simulated_telnyx.h"
#include "server/caller/simulated_twilio.h"
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <deque>

namespace centralita {

struct World {
  IoContext io{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
  caller::SimulatedTelnyx telnyx{io};
  caller::SimulatedTwilio twilio{io, Stack::kTwilioToken};
  Stack stack;

  World();
  std::vector<caller::SimulatedCarrier*> carriers() { return {&telnyx, &twilio}; }
  const char* name_of(const caller::SimulatedCarrier* carrier) const {
    return carrier == &telnyx ? "telnyx" : "twilio";
  }
};

// One for all tests of the program.
World& world();

void wait_until(const std::function<bool()>& done);
void wait_for(std::chrono::nanoseconds time);

struct Scenario {
  caller::SimulatedCarrier* carrier = nullptr;
  std::string from, to;  // unlike any other's
  bool done = false;
  caller::CarrierCall call;
};

class Calls {
 public:
  // `server`: another one than the world's own.
  Scenario& inbound(caller::SimulatedCarrier* carrier, const std::string& script,
                    int rate_hz = 8000, const std::string& server = "",
                    const std::optional<caller::TelnyxCodec>& codec = std::nullopt,
                    const std::optional<double>& noise_dbfs = std::nullopt);
  // Through the API. `voicemail`: JSON, or nothing.
  Scenario& outbound(caller::SimulatedCarrier* carrier, caller::Callee callee,
                     const std::string& script, const std::string& voicemail = "");
  void wait();
  // So that the greeting has been made before many want it at once.
  void greet_once();
  json::Object history(const Scenario& scenario) const;

 private:
  Scenario& add(caller::SimulatedCarrier* carrier);
  std::deque<Scenario> scenarios_;
};

// All that helps to see why it failed.
std::string said(const caller::CarrierCall& call);
long count(const std::vector<std::string>& items, const std::string& item);
// The carrier's id of the live call from a number, once it is in the history.
std::string live_call(const std::string& from);
HttpReply steer(const std::string& id, const std::string& order);

}  // namespace centralita
