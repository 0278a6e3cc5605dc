#include "pipelines/tool_arguments.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

bool is_of(JsonNode* node, const std::string& type) {
  if (type == "object")
    return JSON_NODE_HOLDS_OBJECT(node);
  if (type == "array")
    return JSON_NODE_HOLDS_ARRAY(node);
  if (type == "null")
    return JSON_NODE_HOLDS_NULL(node);
  if (!JSON_NODE_HOLDS_VALUE(node))
    return false;
  const auto held = json_node_get_value_type(node);
  if (type == "string")
    return held == G_TYPE_STRING;
  if (type == "boolean")
    return held == G_TYPE_BOOLEAN;
  if (type == "integer" && held == G_TYPE_DOUBLE)
    return json_node_get_double(node) == std::floor(json_node_get_double(node));
  return held == G_TYPE_INT64 || (type == "number" && held == G_TYPE_DOUBLE);
}

std::string problem(const json::Object& schema, JsonNode* node, const std::string& where);

std::string problem_in_object(const json::Object& schema, JsonNode* node,
                              const std::string& where) {
  const json::Object object(json_node_get_object(node));
  if (const auto required = schema.array("required"))
    for (const auto& name : required->strings())
      if (!object.has(name.c_str()))
        return where + "/" + name + " is missing";
  const auto properties = schema.object("properties").value_or(json::Object());
  for (const auto& name : object.names()) {
    const auto here = where + "/" + name;
    if (const auto property = properties.object(name.c_str())) {
      if (auto wrong = problem(*property, object.node(name.c_str()), here); !wrong.empty())
        return wrong;
    } else if (schema.boolean("additionalProperties") == false && !properties.has(name.c_str())) {
      return here + " is not known";
    }
  }
  return "";
}

std::string problem(const json::Object& schema, JsonNode* node, const std::string& where) {
  const auto name = where.empty() ? std::string("the whole") : where;
  std::vector<std::string> types;
  if (const auto type = schema.string("type"))
    types.push_back(*type);
  else if (const auto several = schema.array("type"))
    types = several->strings();
  if (!types.empty() && std::none_of(types.begin(), types.end(),
                                     [&](const auto& type) { return is_of(node, type); })) {
    std::string wanted;
    for (const auto& type : types) wanted += (wanted.empty() ? "" : " or ") + type;
    return name + " must be of type " + wanted + "; it is " + json::to_string(node);
  }
  if (const auto choices = schema.array("enum")) {
    bool found = false;
    for (std::size_t i = 0; i < choices->size() && !found; ++i)
      found = json_node_equal(choices->node(i), node);
    if (!found)
      return name + " must be one of " + choices->to_string();
  }
  if (JSON_NODE_HOLDS_OBJECT(node))
    return problem_in_object(schema, node, where);
  if (JSON_NODE_HOLDS_ARRAY(node))
    if (const auto items = schema.object("items")) {
      const json::Array array(json_node_get_array(node));
      for (std::size_t i = 0; i < array.size(); ++i)
        if (auto wrong = problem(*items, array.node(i), where + "/" + std::to_string(i));
            !wrong.empty())
          return wrong;
    }
  return "";
}

}  // namespace

Result<json::Object> check_arguments(const std::string& schema, const std::string& arguments) {
  const auto blank = arguments.find_first_not_of(" \t\r\n") == std::string::npos;
  const auto document = json::parse(blank ? "{}" : arguments);
  if (!document)
    return Unexpected("they are not valid JSON: " + document.error());
  if (!document->is_object())
    return Unexpected(std::string("they must be a JSON object"));
  if (const auto rules = json::parse(schema); rules && rules->is_object())
    if (auto wrong = problem(rules->object(), document->root().get(), ""); !wrong.empty())
      return Unexpected(std::move(wrong));
  return document->object();
}

}  // namespace centralita
