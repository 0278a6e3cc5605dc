// What the doctor looks at, one function each. Main thread; each waits for its answers.
#pragma once

#include "plugins/base/io_context.h"
#include "server/agents/language.h"
#include "server/settings.h"

#include <string>
#include <vector>

namespace centralita::doctor {

struct Finding {
  enum class State { kGood, kWrong, kSkipped } state;
  agents::Words what;   // "Database"
  agents::Words words;  // one sentence: what was found, and what to do
};

std::vector<Finding> check_elements();
std::vector<Finding> check_disk(const Settings& settings);
std::vector<Finding> check_database(const Settings& settings);
// Asks the carrier something that costs nothing and changes nothing.
std::vector<Finding> check_twilio(const Settings& settings, const IoContext& io);
std::vector<Finding> check_telnyx(const Settings& settings, const IoContext& io);
// As a carrier would reach the server: address, WebSocket, and whether what Twilio signs is
// accepted and what nobody has signed is refused.
std::vector<Finding> check_public_address(const Settings& settings, const IoContext& io);
// A whole incoming call, signed as Twilio's, until the agent has said its greeting. Uses the
// providers, so it costs what a greeting costs.
std::vector<Finding> check_call(const Settings& settings, const IoContext& io);

}  // namespace centralita::doctor
