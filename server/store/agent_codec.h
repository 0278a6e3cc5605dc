// An agent's configuration as the document it is stored as (agents.config), and back.
//
// Reading is forgiving, so that one bad value never keeps a call from being answered: a member that
// is missing or of the wrong type stays at AgentConfig's default, a number out of its range is
// brought to the nearest end of it, an unknown member is passed over. Each of these leaves a
// remark.
#pragma once

#include "pipelines/agent_config.h"
#include "plugins/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace centralita::store {

struct DecodedAgent {
  AgentConfig config;
  std::vector<std::string>
      remarks;  // "temperature 7 is out of 0-2: 2 is used"; missing members: none
};

// The error: the document is no JSON object.
Result<DecodedAgent> decode_agent(std::int64_t id, std::string name, std::string_view document);

// Everything but id and name. Durations are whole milliseconds.
std::string encode_agent(const AgentConfig& config);

}  // namespace centralita::store
