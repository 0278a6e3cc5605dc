#include "server/agents/value.h"

#include "server/agents/tool_list.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace centralita::agents {
namespace {

using std::chrono::milliseconds;
using Texts = std::vector<std::string>;
using TextMap = std::map<std::string, std::string>;
using Tools = std::vector<HttpTool>;

template <typename T>
T type_of(T AgentConfig::*);

bool holds(JsonNode* node, GType type) {
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

std::optional<double> number_in(JsonNode* node) {
  if (holds(node, G_TYPE_INT64))
    return static_cast<double>(json_node_get_int(node));
  if (holds(node, G_TYPE_DOUBLE))
    return json_node_get_double(node);
  return std::nullopt;
}

std::optional<std::string> text_in(JsonNode* node) {
  if (!holds(node, G_TYPE_STRING))
    return std::nullopt;
  return json_node_get_string(node);
}

std::optional<Texts> texts_in(JsonNode* node) {
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return std::nullopt;
  const json::Array array(json_node_get_array(node));
  auto texts = array.strings();
  return texts.size() == array.size() ? std::optional(std::move(texts)) : std::nullopt;
}

std::optional<TextMap> map_in(JsonNode* node) {
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return std::nullopt;
  const json::Object object(json_node_get_object(node));
  TextMap map;
  for (const auto& name : object.names()) {
    auto text = object.string(name.c_str());
    if (!text)
      return std::nullopt;
    map.emplace(name, std::move(*text));
  }
  return map;
}

long characters(const std::string& text) {
  return g_utf8_strlen(text.c_str(), static_cast<gssize>(text.size()));
}

std::string cut(const std::string& text, double length) {
  if (static_cast<double>(characters(text)) <= length)
    return text;
  const char* end = g_utf8_offset_to_pointer(text.c_str(), static_cast<glong>(length));
  return text.substr(0, static_cast<std::size_t>(end - text.c_str()));
}

Problem wrong_type(const Words& what) {
  return {"wrong-type", {"debe ser " + what.es, "must be " + what.en}};
}

std::optional<Problem> problem_with_number(const Field& field, JsonNode* node, bool whole) {
  const auto value = number_in(node);
  if (!value)
    return wrong_type(whole ? Words{"un número entero", "a whole number"}
                            : Words{"un número", "a number"});
  if (*value < field.low || *value > field.high) {
    const auto low = shown(field.low), high = shown(field.high), given = shown(*value);
    return Problem{"out-of-range",
                   {"debe estar entre " + low + " y " + high + "; es " + given,
                    "must be from " + low + " to " + high + "; it is " + given}};
  }
  if (whole && *value != std::floor(*value))
    return wrong_type(
        {"un número entero; es " + shown(*value), "a whole number; it is " + shown(*value)});
  return std::nullopt;
}

std::optional<Problem> problem_with_length(long length, double low, double high,
                                           const Words& things) {
  const auto given = std::to_string(length);
  if (static_cast<double>(length) > high)
    return Problem{"too-long",
                   {"puede tener como mucho " + shown(high) + " " + things.es + "; tiene " + given,
                    "can have " + shown(high) + " " + things.en + " at the most; it has " + given}};
  if (static_cast<double>(length) < low)
    return Problem{
        "too-short",
        length == 0
            ? Words{"no puede estar vacío", "cannot be empty"}
            : Words{"debe tener al menos " + shown(low) + " " + things.es + "; tiene " + given,
                    "must have at least " + shown(low) + " " + things.en + "; it has " + given}};
  return std::nullopt;
}

const Words kCharacters = {"caracteres", "characters"};

std::optional<Problem> problem_with_form(const Field& field, const std::string& text) {
  if (!field.pattern ||
      g_regex_match_simple(field.pattern, text.c_str(), G_REGEX_DOLLAR_ENDONLY, GRegexMatchFlags{}))
    return std::nullopt;
  return Problem{"bad-format",
                 {std::string("no tiene la forma debida (") + field.pattern + ")",
                  std::string("does not have the right form (") + field.pattern + ")"}};
}

std::optional<Problem> problem_with_schema(const std::string& text) {
  const auto document = json::parse(text);
  if (!document)
    return Problem{"bad-format",
                   {"no es JSON: " + document.error(), "is no JSON: " + document.error()}};
  if (document->object().string("type") != "object" || !document->object().object("properties"))
    return Problem{"bad-format",
                   {"debe ser un JSON Schema con \"type\": \"object\" y \"properties\"",
                    "must be a JSON Schema with \"type\": \"object\" and \"properties\""}};
  return std::nullopt;
}

std::optional<Problem> problem_with_text(const Field& field, const std::string& text) {
  if (!field.choices.empty()) {
    std::string all;
    for (const auto& choice : field.choices) {
      if (text == choice.value)
        return std::nullopt;
      all += (all.empty() ? "" : ", ") + std::string(choice.value);
    }
    return Problem{"not-a-choice", {"debe ser uno de: " + all, "must be one of: " + all}};
  }
  if (auto problem = problem_with_length(characters(text), field.low, field.high, kCharacters))
    return problem;
  if (auto problem = problem_with_form(field, text))
    return problem;
  if (field.holds_schema && !text.empty())
    return problem_with_schema(text);
  return std::nullopt;
}

std::optional<Problem> problem_with_item(const Field& field, const std::string& text) {
  return problem_with_length(characters(text), 0, field.item_length, kCharacters);
}

}  // namespace

bool is_number(const Field& field) {
  return std::visit(
      [](auto member) {
        using T = decltype(type_of(member));
        return std::is_same_v<T, int> || std::is_same_v<T, double> ||
               std::is_same_v<T, milliseconds>;
      },
      field.member);
}

std::string shown(double number) {
  char text[64];
  const bool whole = number == std::floor(number) && std::fabs(number) < 1e15;
  const auto end = whole
                       ? std::to_chars(text, text + sizeof text, static_cast<std::int64_t>(number))
                       : std::to_chars(text, text + sizeof text, number);
  return std::string(text, end.ptr);
}

std::optional<Problem> problem_with(const Field& field, JsonNode* node) {
  return std::visit(
      [&](auto member) -> std::optional<Problem> {
        using T = decltype(type_of(member));
        if constexpr (std::is_same_v<T, bool>) {
          if (!holds(node, G_TYPE_BOOLEAN))
            return wrong_type({"verdadero o falso", "true or false"});
          return std::nullopt;
        } else if constexpr (std::is_same_v<T, std::string>) {
          const auto text = text_in(node);
          return text ? problem_with_text(field, *text) : wrong_type({"un texto", "a text"});
        } else if constexpr (std::is_same_v<T, Texts>) {
          const auto texts = texts_in(node);
          if (!texts)
            return wrong_type({"una lista de textos", "a list of texts"});
          for (const auto& text : *texts)
            if (auto problem = problem_with_item(field, text))
              return problem;
          return problem_with_length(static_cast<long>(texts->size()), 0, field.high,
                                     {"elementos", "items"});
        } else if constexpr (std::is_same_v<T, TextMap>) {
          const auto map = map_in(node);
          if (!map)
            return wrong_type({"un objeto de textos", "an object of texts"});
          for (const auto& [name, text] : *map) {
            auto problem = problem_with_item(field, text);
            if (!problem)
              problem = problem_with_form(field, text);
            if (problem) {
              problem->where = "/" + name;
              return problem;
            }
          }
          return problem_with_length(static_cast<long>(map->size()), 0, field.high,
                                     {"elementos", "items"});
        } else if constexpr (std::is_same_v<T, Tools>) {
          return problem_with_tools(node, static_cast<std::size_t>(field.high));
        } else {
          return problem_with_number(field, node, !std::is_same_v<T, double>);
        }
      },
      field.member);
}

void assign(const Field& field, JsonNode* node, AgentConfig& config) {
  std::visit(
      [&](auto member) {
        using T = decltype(type_of(member));
        if constexpr (std::is_same_v<T, bool>)
          config.*member = json_node_get_boolean(node);
        else if constexpr (std::is_same_v<T, std::string>)
          config.*member = text_in(node).value();
        else if constexpr (std::is_same_v<T, Texts>)
          config.*member = texts_in(node).value();
        else if constexpr (std::is_same_v<T, TextMap>)
          config.*member = map_in(node).value();
        else if constexpr (std::is_same_v<T, Tools>)
          config.*member = tools_in(node);
        else if constexpr (std::is_same_v<T, milliseconds>)
          config.*member = milliseconds(static_cast<std::int64_t>(number_in(node).value()));
        else
          config.*member = static_cast<T>(number_in(node).value());
      },
      field.member);
}

bool assign_nearest(const Field& field, JsonNode* node, AgentConfig& config) {
  const auto number = is_number(field) ? number_in(node) : std::nullopt;
  const auto text = text_in(node);
  Ref<JsonNode> nearest;
  if (number) {
    nearest = Ref<JsonNode>::adopt(json_node_alloc());
    // What lies between two whole numbers is cut when it is assigned.
    json_node_init_double(nearest.get(), std::clamp(*number, field.low, field.high));
  } else if (text && std::holds_alternative<std::string AgentConfig::*>(field.member)) {
    nearest = Ref<JsonNode>::adopt(json_node_alloc());
    json_node_init_string(nearest.get(), cut(*text, field.high).c_str());
    if (problem_with(field, nearest.get()))
      return false;
  } else {
    return false;
  }
  assign(field, nearest.get(), config);
  return true;
}

Ref<JsonNode> value_of(const Field& field, const AgentConfig& config) {
  json::Object holder;
  const char* name = "value";
  std::visit(
      [&](auto member) {
        using T = decltype(type_of(member));
        const auto& value = config.*member;
        if constexpr (std::is_same_v<T, Texts>) {
          json::Array array;
          for (const auto& text : value) array.add(text);
          holder.set(name, array);
        } else if constexpr (std::is_same_v<T, TextMap>) {
          json::Object object;
          for (const auto& [key, text] : value) object.set(key.c_str(), text);
          holder.set(name, object);
        } else if constexpr (std::is_same_v<T, Tools>) {
          holder.set(name, tools_to_json(value));
        } else if constexpr (std::is_same_v<T, milliseconds>) {
          holder.set(name, static_cast<std::int64_t>(value.count()));
        } else {
          holder.set(name, value);
        }
      },
      field.member);
  return Ref<JsonNode>::adopt(json_node_copy(holder.node(name)));
}

Ref<JsonNode> default_of(const Field& field) {
  static const AgentConfig usual;
  return value_of(field, usual);
}

}  // namespace centralita::agents
