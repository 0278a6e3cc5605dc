#include "plugins/base/json.h"

#include <charconv>

namespace centralita::json {
namespace {

struct JsonParserDelete {
  void operator()(JsonParser* p) const noexcept { g_object_unref(p); }
};

JsonNode* value_of(JsonObject* object, const char* name, GType type) {
  auto* node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type ? node
                                                                                       : nullptr;
}

OwnedString valid_utf8(std::string_view text) {
  return OwnedString(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
}

Ref<JsonNode> string_node(std::string_view value) {
  auto node = Ref<JsonNode>::adopt(json_node_alloc());
  json_node_init_string(node.get(), valid_utf8(value).get());
  return node;
}

Ref<JsonNode> node_of(const Object& value) {
  auto node = Ref<JsonNode>::adopt(json_node_alloc());
  json_node_init_object(node.get(), value.get());
  return node;
}

Ref<JsonNode> node_of(const Array& value) {
  auto node = Ref<JsonNode>::adopt(json_node_alloc());
  json_node_init_array(node.get(), value.get());
  return node;
}

// json-glib's parser recurses: a text of nothing but "[" would use up the stack.
constexpr int kMaxDepth = 128;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth)
        return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Object::Object() : object_(Ref<JsonObject>::adopt(json_object_new())) {}

bool Object::has(const char* name) const { return json_object_has_member(object_.get(), name); }

std::vector<std::string> Object::names() const {
  std::vector<std::string> names;
  GList* members = json_object_get_members(object_.get());
  for (GList* l = members; l; l = l->next) names.emplace_back(static_cast<const char*>(l->data));
  g_list_free(members);
  return names;
}

std::optional<std::string> Object::string(const char* name) const {
  auto* node = value_of(object_.get(), name, G_TYPE_STRING);
  if (!node)
    return std::nullopt;
  return json_node_get_string(node);
}

std::optional<std::int64_t> Object::integer(const char* name) const {
  auto* node = value_of(object_.get(), name, G_TYPE_INT64);
  if (!node)
    return std::nullopt;
  return json_node_get_int(node);
}

std::optional<double> Object::number(const char* name) const {
  if (auto* node = value_of(object_.get(), name, G_TYPE_DOUBLE))
    return json_node_get_double(node);
  if (auto whole = integer(name))
    return static_cast<double>(*whole);
  return std::nullopt;
}

std::optional<bool> Object::boolean(const char* name) const {
  auto* node = value_of(object_.get(), name, G_TYPE_BOOLEAN);
  if (!node)
    return std::nullopt;
  return json_node_get_boolean(node);
}

std::optional<std::int64_t> Object::number_or_text(const char* name) const {
  if (auto value = number(name))
    return static_cast<std::int64_t>(*value);
  const auto text = string(name);
  std::int64_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

std::optional<Object> Object::object(const char* name) const {
  auto* child = node(name);
  if (!child || !JSON_NODE_HOLDS_OBJECT(child))
    return std::nullopt;
  return Object(json_node_get_object(child));
}

std::optional<Array> Object::array(const char* name) const {
  auto* child = node(name);
  if (!child || !JSON_NODE_HOLDS_ARRAY(child))
    return std::nullopt;
  return Array(json_node_get_array(child));
}

std::vector<Object> Object::objects(const char* array_name) const {
  const auto members = array(array_name);
  return members ? members->objects() : std::vector<Object>{};
}

JsonNode* Object::node(const char* name) const {
  return json_object_get_member(object_.get(), name);
}

Object& Object::set(const char* name, std::string_view value) {
  return set_node(name, string_node(value));
}
Object& Object::set(const char* name, std::int64_t value) {
  json_object_set_int_member(object_.get(), name, value);
  return *this;
}
Object& Object::set(const char* name, double value) {
  json_object_set_double_member(object_.get(), name, value);
  return *this;
}
Object& Object::set(const char* name, bool value) {
  json_object_set_boolean_member(object_.get(), name, value);
  return *this;
}
Object& Object::set(const char* name, std::nullptr_t) {
  json_object_set_null_member(object_.get(), name);
  return *this;
}
Object& Object::set(const char* name, const Object& value) {
  return set_node(name, node_of(value));
}
Object& Object::set(const char* name, const Array& value) { return set_node(name, node_of(value)); }
Object& Object::set_node(const char* name, Ref<JsonNode> node) {
  json_object_set_member(object_.get(), name, node.release());
  return *this;
}

std::string Object::to_string() const { return json::to_string(node_of(*this).get()); }

Array::Array() : array_(Ref<JsonArray>::adopt(json_array_new())) {}

std::size_t Array::size() const { return json_array_get_length(array_.get()); }

JsonNode* Array::node(std::size_t index) const {
  return index < size() ? json_array_get_element(array_.get(), static_cast<guint>(index)) : nullptr;
}

std::vector<std::string> Array::strings() const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < size(); ++i)
    if (JSON_NODE_HOLDS_VALUE(node(i)) && json_node_get_value_type(node(i)) == G_TYPE_STRING)
      found.emplace_back(json_node_get_string(node(i)));
  return found;
}

std::vector<Object> Array::objects() const {
  std::vector<Object> found;
  for (std::size_t i = 0; i < size(); ++i)
    if (JSON_NODE_HOLDS_OBJECT(node(i)))
      found.emplace_back(json_node_get_object(node(i)));
  return found;
}

Array& Array::add(std::string_view value) { return add_node(string_node(value)); }
Array& Array::add(const Object& value) { return add_node(node_of(value)); }
Array& Array::add_node(Ref<JsonNode> node) {
  json_array_add_element(array_.get(), node.release());
  return *this;
}

std::string Array::to_string() const { return json::to_string(node_of(*this).get()); }

bool Document::is_object() const { return JSON_NODE_HOLDS_OBJECT(root_.get()); }
bool Document::is_array() const { return JSON_NODE_HOLDS_ARRAY(root_.get()); }
Object Document::object() const {
  return is_object() ? Object(json_node_get_object(root_.get())) : Object();
}
Array Document::array() const {
  return is_array() ? Array(json_node_get_array(root_.get())) : Array();
}

Result<Document> parse(std::string_view text) {
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    return Unexpected("not UTF-8 text");
  if (too_deep(text))
    return Unexpected("nested deeper than 128 levels");
  // An immutable parser hands out its root without copying it.
  const std::unique_ptr<JsonParser, JsonParserDelete> parser(json_parser_new_immutable());
  GError* error = nullptr;
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  &error)) {
    const OwnedError owned(error);
    return Unexpected(std::string(owned->message));
  }
  auto* root = json_parser_get_root(parser.get());
  if (!root || !(JSON_NODE_HOLDS_OBJECT(root) || JSON_NODE_HOLDS_ARRAY(root)))
    return Unexpected("neither an object nor an array");
  return Document(Ref<JsonNode>::share(root));
}

std::string to_string(JsonNode* node) { return OwnedString(json_to_string(node, FALSE)).get(); }

}  // namespace centralita::json
