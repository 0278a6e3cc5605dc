// `centralita caller --carrier twilio|telnyx`: a whole carrier in this process, and one call
// through it: to the server, or from the server to somebody that this carrier rings.
#pragma once

#include "server/caller/report.h"
#include "server/caller/simulated_carrier.h"

#include <memory>
#include <string>

namespace centralita::caller {

struct CarrierOptions {
  std::string name;                              // "twilio", "telnyx"; empty: no carrier
  std::string server = "http://127.0.0.1:8000";  // without a slash at its end
  int port = 0;                                  // of its REST API; 0: kDefaultPort
  bool outbound = false;                         // the server is asked to call
  Callee callee;                                 // whom it reaches then; without a plan
  std::string voicemail, message;                // of the order to call: "hang-up", "leave-message"
  std::string codec;                             // Telnyx: of the caller; empty: what is asked for
  bool big_endian = false;                       // of L16
  bool print_environment = false;

  static constexpr int kDefaultPort = 8092;
  int api_port() const { return port ? port : kDefaultPort; }
};

// What the server needs in its environment to be this carrier's customer, a NAME=VALUE a line.
std::string carrier_environment(const CarrierOptions& options);

struct CarrierOutcome {
  CarrierCall call;
  std::string failure;  // a sentence; empty: the call took place as it should
  bool interrupted = false;
};

// Prints what happens as it happens, unless `quiet`. Blocks; runs the default main context.
CarrierOutcome place_carrier_call(const CarrierOptions& options,
                                  std::shared_ptr<const CallPlan> plan, bool quiet);

std::string to_text(const CarrierCall& call);
std::string to_json(const CarrierCall& call);

}  // namespace centralita::caller
