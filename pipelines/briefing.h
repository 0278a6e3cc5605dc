// What an agent is told for one call: its settings with the call's variables filled in, and its way
// of speaking put into words for the model.
//
//   "{{nombre}}" in the greeting, the question after silence and the apology is filled in when the
//   call begins, in the instructions by llmdialog at every request; see plugins/dialog/variables.h.
#pragma once

#include "pipelines/agent_config.h"
#include "pipelines/call_records.h"
#include "plugins/dialog/variables.h"

#include <string>

namespace centralita {

// Those of the agent, then `brought` (what came with the call), then what is known of the call
// itself: caller_number, called_number, direction, channel, agent_name, date, time, weekday.
Variables variables_of(const AgentConfig& agent, const CallStarted& call, const Variables& brought);

// Those that are known of the call itself, and that nobody else may set.
bool is_own_variable(const std::string& name);

// The agent's way of speaking (response_length, conversation_*) as sentences in the language of its
// voice; empty when it has none.
std::string style_sentences(const AgentConfig& agent);

// `dynamic_vars` holds all variables of the call then.
AgentConfig briefed(AgentConfig agent, const CallStarted& call, const Variables& brought);

}  // namespace centralita
