// The command line of `centralita caller`.
#pragma once

#include "plugins/base/result.h"
#include "server/caller/caller.h"
#include "server/caller/carrier_command.h"

#include <span>
#include <string>

namespace centralita::caller {

struct Options {
  CallPlan plan;  // without clips
  CarrierOptions carrier;
  std::string heard_path, both_path, timeline_path;
  int calls = 1;
  int threads = 1;
  std::chrono::milliseconds ramp{0};  // over which the calls begin
  int server_pid = 0;                 // 0: not watched
  bool quiet = false;
  bool help = false;
};

// args[0] is the name of the command. Reads the file of --script, and TWILIO_AUTH_TOKEN and
// ADMIN_API_KEY of the environment. The error is a sentence.
Result<Options> parse_options(std::span<char* const> args);

std::string help_text();

}  // namespace centralita::caller
