#include "server/handlers/schema_handler.h"

#include "server/agents/json_schema.h"

// Generated for C only; what it includes itself must have been included before, as it is by json.h.
extern "C" {
#include "server/centralita-openapi.h"
}

namespace centralita {
namespace {

constexpr char kFolder[] = "/org/centralita/openapi/";

Ref<JsonNode> copy_of(JsonNode* node) { return Ref<JsonNode>::adopt(json_node_copy(node)); }

// Objects are joined member by member, arrays one after the other; of anything else the first
// stands.
void join(json::Object& whole, const json::Object& part) {
  for (const auto& name : part.names()) {
    const char* member = name.c_str();
    const auto object = part.object(member);
    const auto array = part.array(member);
    if (object) {
      auto joined = json::Object();
      if (const auto before = whole.object(member))
        join(joined, *before);
      join(joined, *object);
      whole.set(member, joined);
    } else if (array && whole.array(member)) {
      json::Array joined;
      for (const auto& half : {*whole.array(member), *array})
        for (std::size_t i = 0; i < half.size(); ++i) joined.add_node(copy_of(half.node(i)));
      whole.set(member, joined);
    } else if (!whole.has(member)) {
      whole.set_node(member, copy_of(part.node(member)));
    }
  }
}

}  // namespace

json::Object openapi_document() {
  json::Object document;
  document.set("openapi", "3.1.0")
      .set("info", json::Object()
                       .set("title", "Centralita")
                       .set("version", CENTRALITA_VERSION)
                       .set("description", "The API of a voice agent's switchboard."));
  const std::unique_ptr<char*, FreeWith<g_strfreev>> names(g_resource_enumerate_children(
      centralita_openapi_get_resource(), kFolder, G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr));
  for (char** name = names.get(); name && *name; ++name) {
    const auto path = std::string(kFolder) + *name;
    const auto bytes = Ref<GBytes>::adopt(g_resource_lookup_data(
        centralita_openapi_get_resource(), path.c_str(), G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr));
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
    const auto part = json::parse({data, size});
    if (!part)
      g_error("server/openapi/%s: %s", *name, part.error().c_str());
    join(document, part->object());
  }
  // What an agent can be told is written down once, in the table of its fields.
  const auto definitions = agents::schema_definitions("#/components/schemas/Agent-");
  json::Object schemas;
  for (const auto& name : definitions.names())
    schemas.set(("Agent-" + name).c_str(), *definitions.object(name.c_str()));
  join(document, json::Object().set("components", json::Object().set("schemas", schemas)));
  return document;
}

void add_schema_handler(Router& router) {
  const auto serve = [&](const char* path, const char* content_type, std::string text) {
    router.add("GET", path, Access::kViewer,
               [content_type, text = std::move(text)](const Exchange& exchange) {
                 exchange->reply(200, content_type, text);
               });
  };
  serve("/api/v1/schema/agent", "application/schema+json; charset=utf-8",
        agents::json_schema().to_string());
  serve("/api/v1/openapi.json", "application/json; charset=utf-8", openapi_document().to_string());
}

}  // namespace centralita
