// What a stored document tells a call.
//
// Reading is forgiving, so that one bad value never keeps a call from being answered: a value that
// cannot be used is passed over (the profile's: the shared one stands), a number out of its range
// is brought to the nearest end of it, an unknown member is passed over. Each of these leaves a
// remark.
#pragma once

#include "server/agents/document.h"
#include "server/agents/field.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace centralita::agents {

enum class Source { kDefault, kShared, kProfile };

struct Reading {
  AgentConfig config;                     // id and name are the caller's to set
  std::map<std::string, Source> sources;  // of each setting that is not the default
  std::vector<std::string> remarks;       // "twilio: temperature 7 is out of 0-2: 2 is used"
};

// Without a profile: the shared part alone.
Reading read_config(const AgentDocument& document, std::optional<Profile> profile);

// The document without what cannot be used, so that it passes check_write(); remarks say what went.
AgentDocument cleaned(const AgentDocument& document, std::vector<std::string>& remarks);

// Every setting with its value.
json::Object settings_of(const AgentConfig& config);

}  // namespace centralita::agents
