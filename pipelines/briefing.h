// What an agent is told for one call: its settings with the call's variables filled in, and its way
// of speaking put into words for the model.
//
//   "{{nombre}}" in the instructions, the greeting, the question after silence and the apology is
//   replaced once, when the call begins; a variable that nobody has set is left out.
#pragma once

#include "pipelines/agent_config.h"
#include "pipelines/call_records.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

using Variables = std::map<std::string, std::string>;

// `text` with every {{name}} (letters, digits, "_", "-", "."; blanks around it do not matter)
// replaced. What is not set is left out and named in `unknown`, when that is not null.
std::string fill_in(std::string_view text, const Variables& variables,
                    std::vector<std::string>* unknown = nullptr);

// Those of the agent, then `brought` (what came with the call), then what is known of the call
// itself: caller_number, called_number, direction, channel, agent_name, date, time, weekday.
Variables variables_of(const AgentConfig& agent, const CallStarted& call, const Variables& brought);

// The agent's way of speaking (response_length, conversation_*) as sentences in the language of its
// voice; empty when it has none.
std::string style_sentences(const AgentConfig& agent);

AgentConfig briefed(AgentConfig agent, const CallStarted& call, const Variables& brought);

}  // namespace centralita
