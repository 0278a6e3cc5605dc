// The setting "tools": a list of web services that the model may call, as JSON and as HttpTool.
#pragma once

#include "pipelines/http_tool.h"
#include "plugins/base/json.h"
#include "server/agents/value.h"

#include <vector>

namespace centralita::agents {

// Whether it may be written; `most` of them at the most. The problem says which member of which
// tool is wrong.
std::optional<Problem> problem_with_tools(JsonNode* node, std::size_t most);
// Of what has no problem.
std::vector<HttpTool> tools_in(JsonNode* node);
json::Array tools_to_json(const std::vector<HttpTool>& tools);
json::Object tool_schema();  // JSON Schema of one

}  // namespace centralita::agents
