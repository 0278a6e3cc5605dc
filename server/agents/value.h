// One setting's value: JSON on one side, a member of AgentConfig on the other, and the field's type
// and range between them.
#pragma once

#include "plugins/base/json.h"
#include "server/agents/field.h"

#include <optional>
#include <string>

namespace centralita::agents {

struct Problem {
  const char*
      code;  // "wrong-type", "out-of-range", "too-long", "too-short", "not-a-choice", "bad-format"
  Words reason;       // "must be from 0 to 2; it is 7"
  std::string where;  // inside the value, as a JSON pointer: "/0/url"; empty: all of it
};

// Whether `value` (not null) may be written. Empty: it may.
std::optional<Problem> problem_with(const Field& field, JsonNode* value);

// Takes over `value`, which has no problem.
void assign(const Field& field, JsonNode* value, AgentConfig& config);

// The forgiving way, for what was stored: a number out of its range is brought to the nearest end,
// a text that is too long is cut. False: nothing of it can be used, and `config` is as it was.
bool assign_nearest(const Field& field, JsonNode* value, AgentConfig& config);

Ref<JsonNode> value_of(const Field& field, const AgentConfig& config);
// That of an AgentConfig nobody has touched.
Ref<JsonNode> default_of(const Field& field);

bool is_number(const Field& field);
std::string shown(double number);  // the shortest text that reads back as the same number

}  // namespace centralita::agents
