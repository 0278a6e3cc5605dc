#include "plugins/dialog/chat_request.h"

#include "plugins/dialog/model_names.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr std::size_t kMaxTools = 128, kMaxName = 64;

bool is_function_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '_' || c == '-'; });
}

void set_tool_choice(json::Object& body, const std::string& choice) {
  if (choice.empty())
    return;
  if (choice == "auto" || choice == "none" || choice == "required") {
    body.set("tool_choice", choice);
    return;
  }
  const auto document = json::parse(choice);
  if (document && document->is_object())
    body.set("tool_choice", document->object());
  else
    body.set(
        "tool_choice",
        json::Object().set("type", "function").set("function", json::Object().set("name", choice)));
}

}  // namespace

std::string to_json(const ChatRequest& request) {
  json::Array messages;
  if (!request.instructions.empty())
    messages.add(json::Object().set("role", "system").set("content", request.instructions));
  for (const auto& message : request.messages) messages.add(message.to_json());

  json::Object body;
  const auto& dialect = request.dialect;
  body.set("model", request.model).set("messages", messages).set("stream", true);
  if (dialect.stream_options)
    body.set("stream_options", json::Object().set("include_usage", true));
  if (dialect.temperature)
    body.set("temperature", request.temperature);
  if (request.max_tokens > 0)
    body.set(dialect.max_completion_tokens ? "max_completion_tokens" : "max_tokens",
             request.max_tokens);
  // A caller waits: little thought, and none of it on the wire.
  if (dialect.reasoning && is_gpt_oss(request.model))
    body.set("reasoning_effort", "low").set("include_reasoning", false);
  if (const auto tools = json::parse(request.tools);
      tools && tools->is_array() && tools->array().size()) {
    body.set("tools", tools->array());
    if (dialect.tool_choice)
      set_tool_choice(body, request.tool_choice);
  }
  return body.to_string();
}

Result<bool> check_tools(std::string_view tools) {
  if (trimmed(tools).empty())
    return true;
  const auto document = json::parse(tools);
  if (!document)
    return Unexpected(document.error());
  if (!document->is_array())
    return Unexpected("not an array");
  const auto array = document->array();
  const auto objects = array.objects();
  if (objects.size() != array.size())
    return Unexpected("a tool is not an object");
  if (objects.size() > kMaxTools)
    return Unexpected("more than 128 tools");
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto wrong = [i](const char* why) {
      return Unexpected("tool " + std::to_string(i) + ": " + why);
    };
    if (objects[i].string("type") != "function")
      return wrong("its type is not \"function\"");
    const auto function = objects[i].object("function");
    if (!function || !is_function_name(function->string("name").value_or("")))
      return wrong("function.name must be 1 to 64 letters, digits, _ or -");
    if (function->has("parameters") && !function->object("parameters"))
      return wrong("function.parameters is not an object");
  }
  return true;
}

}  // namespace centralita
