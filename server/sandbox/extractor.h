// The sandbox's stand-in for a model that reads a conversation: it answers a request for JSON over
// a transcript (server/analysis) with what plain rules find in it: who, why, when, how it ended. It
// knows the usual members; of a schema of one's own it fills in what it can and null for the rest.
//
// Pure.
#pragma once

#include "server/sandbox/script.h"

#include <optional>
#include <string>
#include <vector>

namespace centralita::sandbox {

// A JSON object, or empty when the messages ask for no such thing.
std::optional<std::string> extract(const std::vector<ScriptMessage>& messages);

}  // namespace centralita::sandbox
