// Reading and writing JSON with json-glib, without its traps: a wrong type or a missing member is
// an empty optional and never a g_critical, and text is escaped by the library.
//
//   auto document = json::parse(body);                    // Result<json::Document>
//   if (!document) log(document.error());                 // "line 3: expected ..."
//   auto text = document->object().string("text");        // optional<string>
//   for (json::Object segment : document->object().objects("segments")) ...
//
//   std::string body = json::Object().set("model", model).set("stream", true).to_string();
//
// For the few messages of control; media frames are read with simdjson where they arrive.
#pragma once

#include "plugins/base/ref.h"
#include "plugins/base/result.h"

#include <json-glib/json-glib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

template <>
struct RefTraits<JsonNode> {
  static void ref(JsonNode* p) { json_node_ref(p); }
  static void unref(JsonNode* p) { json_node_unref(p); }
};
template <>
struct RefTraits<JsonObject> {
  static void ref(JsonObject* p) { json_object_ref(p); }
  static void unref(JsonObject* p) { json_object_unref(p); }
};
template <>
struct RefTraits<JsonArray> {
  static void ref(JsonArray* p) { json_array_ref(p); }
  static void unref(JsonArray* p) { json_array_unref(p); }
};

namespace json {

class Array;

// A JSON object, for reading and for writing. Copying it shares it.
class Object {
 public:
  Object();  // a new, empty one
  explicit Object(JsonObject* object) : object_(Ref<JsonObject>::share(object)) {}

  bool has(const char* name) const;
  std::vector<std::string> names() const;
  // A member that is absent, null or of another type is an empty optional. Numbers sent as strings
  // ("8000") are not converted: use number_or_text() where a wire does that.
  std::optional<std::string> string(const char* name) const;
  std::optional<std::int64_t> integer(const char* name) const;
  std::optional<double> number(const char* name) const;
  std::optional<bool> boolean(const char* name) const;
  std::optional<std::int64_t> number_or_text(const char* name) const;  // 8000 and "8000"
  std::optional<Object> object(const char* name) const;
  std::optional<Array> array(const char* name) const;
  std::vector<Object> objects(
      const char* array_name) const;       // members that are not objects: skipped
  JsonNode* node(const char* name) const;  // borrowed; nullptr when absent

  // Bytes that are not UTF-8 are replaced, so that what is written is always valid JSON.
  Object& set(const char* name, std::string_view value);
  Object& set(const char* name, const char* value) { return set(name, std::string_view(value)); }
  Object& set(const char* name, std::int64_t value);
  Object& set(const char* name, int value) { return set(name, std::int64_t{value}); }
  Object& set(const char* name, double value);
  Object& set(const char* name, bool value);
  Object& set(const char* name, std::nullptr_t);
  Object& set(const char* name, const Object& value);
  Object& set(const char* name, const Array& value);
  Object& set_node(const char* name, Ref<JsonNode> node);
  template <typename T>
  Object& set(const char* name, const std::optional<T>& value) {  // empty: null
    return value ? set(name, *value) : set(name, nullptr);
  }

  std::string to_string() const;
  JsonObject* get() const { return object_.get(); }

 private:
  Ref<JsonObject> object_;
};

class Array {
 public:
  Array();
  explicit Array(JsonArray* array) : array_(Ref<JsonArray>::share(array)) {}

  std::size_t size() const;
  JsonNode* node(std::size_t index) const;
  std::vector<std::string> strings() const;  // members that are not strings: skipped
  std::vector<Object> objects() const;       // members that are not objects: skipped

  Array& add(std::string_view value);
  Array& add(const char* value) { return add(std::string_view(value)); }
  Array& add(const Object& value);
  Array& add_node(Ref<JsonNode> node);

  std::string to_string() const;
  JsonArray* get() const { return array_.get(); }

 private:
  Ref<JsonArray> array_;
};

// A parsed text. Only objects and arrays can be at the root.
class Document {
 public:
  explicit Document(Ref<JsonNode> root) : root_(std::move(root)) {}
  bool is_object() const;
  bool is_array() const;
  Object object() const;  // an empty one when the root is not an object
  Array array() const;    // an empty one when the root is not an array
  const Ref<JsonNode>& root() const { return root_; }

 private:
  Ref<JsonNode> root_;
};

// The error says where and what: "1:15: Parse error: ...".
Result<Document> parse(std::string_view text);

std::string to_string(JsonNode* node);

}  // namespace json
}  // namespace centralita
