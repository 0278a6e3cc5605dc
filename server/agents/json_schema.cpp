#include "server/agents/json_schema.h"

#include "server/agents/document.h"
#include "server/agents/tool_list.h"
#include "server/agents/value.h"

namespace centralita::agents {
namespace {

json::Object json_of(const Words& words) {
  return json::Object().set("es", words.es).set("en", words.en);
}

json::Array type_or_null(const char* type) { return json::Array().add(type).add("null"); }

void set_bound(json::Object& schema, const char* keyword, double bound, bool whole) {
  if (whole)
    schema.set(keyword, static_cast<std::int64_t>(bound));
  else
    schema.set(keyword, bound);
}

void set_type(json::Object& schema, const Field& field) {
  std::visit(
      [&](auto member) {
        using T = std::decay_t<decltype(std::declval<AgentConfig>().*member)>;
        const auto count = [](double n) { return static_cast<std::int64_t>(n); };
        const json::Object item =
            json::Object().set("type", "string").set("maxLength", field.item_length);
        if constexpr (std::is_same_v<T, bool>) {
          schema.set("type", type_or_null("boolean"));
        } else if constexpr (std::is_same_v<T, std::string>) {
          schema.set("type", type_or_null("string"));
          if (field.choices.empty()) {
            schema.set("minLength", count(field.low)).set("maxLength", count(field.high));
            if (field.pattern)
              schema.set("pattern", field.pattern);
            return;
          }
          json::Array values, titles;
          for (const auto& choice : field.choices) {
            values.add(choice.value);
            titles.add(
                json::Object().set("value", choice.value).set("title", json_of(choice.title)));
          }
          values.add_node(Ref<JsonNode>::adopt(json_node_new(JSON_NODE_NULL)));
          schema.set("enum", values).set("x-choices", titles);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          schema.set("type", type_or_null("array"))
              .set("items", item)
              .set("maxItems", count(field.high));
        } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
          auto value = item;
          if (field.pattern)
            value.set("pattern", field.pattern);
          schema.set("type", type_or_null("object"))
              .set("additionalProperties", value)
              .set("maxProperties", count(field.high));
        } else if constexpr (std::is_same_v<T, std::vector<HttpTool>>) {
          schema.set("type", type_or_null("array"))
              .set("items", tool_schema())
              .set("maxItems", count(field.high));
        } else {
          const bool whole = !std::is_same_v<T, double>;
          schema.set("type", type_or_null(whole ? "integer" : "number"));
          set_bound(schema, "minimum", field.low, whole);
          set_bound(schema, "maximum", field.high, whole);
        }
      },
      field.member);
}

json::Object schema_of(const Field& field, int order) {
  json::Object schema;
  schema.set("title", field.title.en).set("description", field.help.en);
  set_type(schema, field);
  schema.set_node("default", default_of(field));
  schema.set("x-title", json_of(field.title))
      .set("x-help", json_of(field.help))
      .set("x-tab", id_of(field.tab))
      .set("x-order", order)
      .set("x-per-profile", field.scope == Scope::kProfile)
      .set("x-since", field.since);
  if (!field.group.en.empty())
    schema.set("x-group", json_of(field.group));
  if (*field.unit)
    schema.set("x-unit", field.unit);
  if (*field.widget)
    schema.set("x-widget", field.widget);
  return schema;
}

json::Object closed_object(const json::Object& properties) {
  return json::Object()
      .set("type", "object")
      .set("additionalProperties", false)
      .set("properties", properties);
}

json::Object reference(const std::string& target) { return json::Object().set("$ref", target); }

}  // namespace

json::Object schema_definitions(const std::string& where) {
  json::Object settings, overrides;
  int order = 0;
  for (const auto& field : all_fields()) {
    settings.set(field.name, schema_of(field, order++));
    if (field.scope == Scope::kProfile)
      overrides.set(field.name, reference(where + "settings/properties/" + field.name));
  }
  return json::Object()
      .set("settings", closed_object(settings))
      .set("overrides", closed_object(overrides));
}

json::Object json_schema() {
  const std::string where = "#/$defs/";
  json::Object profiles;
  for (const auto profile : kProfiles)
    profiles.set(name_of(profile), reference(where + "overrides"));
  const auto properties =
      json::Object()
          .set("name",
               json::Object().set("type", "string").set("minLength", 1).set("maxLength", 100))
          .set("shared", reference(where + "settings"))
          .set("profiles", closed_object(profiles));
  json::Array tabs;
  std::string last;
  for (const auto& field : all_fields())
    if (last != id_of(field.tab)) {
      last = id_of(field.tab);
      tabs.add(json::Object().set("id", last).set("title", json_of(title_of(field.tab))));
    }
  auto schema = closed_object(properties);
  return schema.set("$schema", "https://json-schema.org/draft/2020-12/schema")
      .set("$id", "/api/v1/schema/agent")
      .set("title", "Agent")
      .set("description", "What an agent is told: for all its calls, and for each kind of call.")
      .set("x-title", json_of({"Agente", "Agent"}))
      .set("x-version", kSchemaVersion)
      .set("x-tabs", tabs)
      .set("$defs", schema_definitions(where));
}

}  // namespace centralita::agents
