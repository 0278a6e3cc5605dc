// The rows of the table, a file a tab; field.h says what they mean.
#pragma once

#include "server/agents/field.h"

namespace centralita::agents {

// Of a service's address, or nothing. No user name in it: keys come from the environment.
inline constexpr char kFallbackUrl[] = R"(^$|^https?://[^\s/?#@]+(/[^\s?#@]*)?$)";

std::vector<Field> model_fields();
std::vector<Field> voice_fields();
std::vector<Field> ear_fields();
std::vector<Field> flow_fields();
std::vector<Field> tools_fields();
std::vector<Field> connectivity_fields();
std::vector<Field> campaigns_fields();
std::vector<Field> analysis_fields();

}  // namespace centralita::agents
