// Model ids that Groq has shut down, and what takes their place, so that an agent configured long
// ago still answers its callers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace centralita {

// The id to ask for instead of `model`; empty when `model` is not known to be retired.
std::optional<std::string> successor_of(std::string_view model);

// Models that take reasoning_effort low/medium/high and include_reasoning.
bool is_gpt_oss(std::string_view model);

}  // namespace centralita
