// The sandbox's stand-in for a language model: a small script in Spanish and English that answers
// what was heard, remembers what the conversation holds, and calls tools that are offered to it.
//
// Pure: the same conversation gives the same reply. It says of itself that it is no model.
#pragma once

#include "plugins/base/json.h"

#include <optional>
#include <string>
#include <vector>

namespace centralita::sandbox {

struct ScriptMessage {
  std::string role;  // system, user, assistant, tool
  std::string content;
};

struct ScriptTool {
  std::string name;
  std::string description;
  std::optional<json::Object> parameters;  // JSON Schema
};

struct ScriptCall {
  std::string name;
  std::string arguments;  // a JSON object
};

struct ScriptReply {
  std::string text;  // what to say, when no tool is called
  std::optional<ScriptCall> call;
};

enum class ToolChoice { kNone, kAuto, kRequired };

ScriptReply script_reply(const std::vector<ScriptMessage>& messages,
                         const std::vector<ScriptTool>& tools,
                         ToolChoice choice = ToolChoice::kAuto);

// "es" or "en", by the words of the text; `otherwise` when they do not tell.
std::string language_of(std::string_view text, std::string_view otherwise);

}  // namespace centralita::sandbox
