// What is personal in the texts and numbers of a JSON value (see pii.h), taken out. Any thread.
#pragma once

#include "plugins/base/json.h"

#include <string_view>

namespace centralita {

// A copy in which a text keeps what is not personal, and a whole number long enough to be a
// telephone's is null. Members whose name `spared` says yes to stay as they are, all that is in
// them included.
Ref<JsonNode> json_without_pii(JsonNode* node, bool (*spared)(std::string_view name) = nullptr);

// The same of a JSON text; as it was, when it is none.
std::string json_without_pii(const std::string& text);

}  // namespace centralita
