#include "server/privacy/pii_json.h"

#include "server/privacy/pii.h"

namespace centralita {
namespace {

// Seven digits, as in pii.h.
constexpr std::int64_t kShortestNumber = 1'000'000;

Ref<JsonNode> new_node(JsonNodeType type) { return Ref<JsonNode>::adopt(json_node_new(type)); }

Ref<JsonNode> value_without_pii(JsonNode* node) {
  const auto type = json_node_get_value_type(node);
  if (type == G_TYPE_STRING) {
    auto text = new_node(JSON_NODE_VALUE);
    json_node_set_string(text.get(), without_pii(json_node_get_string(node)).c_str());
    return text;
  }
  const bool long_number = type == G_TYPE_INT64 && (json_node_get_int(node) >= kShortestNumber ||
                                                    json_node_get_int(node) <= -kShortestNumber);
  return long_number ? new_node(JSON_NODE_NULL) : Ref<JsonNode>::share(node);
}

}  // namespace

Ref<JsonNode> json_without_pii(JsonNode* node, bool (*spared)(std::string_view name)) {
  if (JSON_NODE_HOLDS_VALUE(node))
    return value_without_pii(node);
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    const json::Object object(json_node_get_object(node));
    json::Object clean;
    for (const auto& name : object.names()) {
      auto* member = object.node(name.c_str());
      clean.set_node(name.c_str(), spared && spared(name) ? Ref<JsonNode>::share(member)
                                                          : json_without_pii(member, spared));
    }
    auto copy = new_node(JSON_NODE_OBJECT);
    json_node_set_object(copy.get(), clean.get());
    return copy;
  }
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    const json::Array array(json_node_get_array(node));
    json::Array clean;
    for (std::size_t i = 0; i < array.size(); ++i)
      clean.add_node(json_without_pii(array.node(i), spared));
    auto copy = new_node(JSON_NODE_ARRAY);
    json_node_set_array(copy.get(), clean.get());
    return copy;
  }
  return Ref<JsonNode>::share(node);
}

std::string json_without_pii(const std::string& text) {
  const auto document = json::parse(text);
  return document ? json::to_string(json_without_pii(document->root().get()).get()) : text;
}

}  // namespace centralita
