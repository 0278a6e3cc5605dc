#include "server/handlers/schema_handler.h"
#include "tests/server/api/support.h"

#include <set>

namespace centralita {
namespace {

using OpenApi = ApiTest;

// Every "$ref" below `node`.
void collect_references(JsonNode* node, std::set<std::string>& found) {
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    const json::Array array(json_node_get_array(node));
    for (std::size_t i = 0; i < array.size(); ++i) collect_references(array.node(i), found);
  } else if (JSON_NODE_HOLDS_OBJECT(node)) {
    const json::Object object(json_node_get_object(node));
    for (const auto& name : object.names()) {
      if (name == "$ref" && object.string("$ref"))
        found.insert(*object.string("$ref"));
      collect_references(object.node(name.c_str()), found);
    }
  }
}

bool resolves(const json::Object& document, const std::string& reference) {
  std::string rest = reference.substr(2);
  json::Object at = document;
  while (!rest.empty()) {
    const auto name = rest.substr(0, rest.find('/'));
    rest.erase(0, name.size() + 1);
    const auto next = at.object(name.c_str());
    if (!next)
      return false;
    at = *next;
  }
  return true;
}

TEST_F(OpenApi, EveryRouteOfTheApiIsInTheDocument) {
  const auto paths = *get("/api/v1/openapi.json").json().object("paths");
  int count = 0;
  for (const auto& route : server().router().routes()) {
    const auto space = route.find(' ');
    const auto path = route.substr(space + 1);
    if (!path.starts_with("/api/v1/"))
      continue;
    ++count;
    const OwnedString method(g_ascii_strdown(route.c_str(), static_cast<gssize>(space)));
    const auto described = paths.object(path.c_str());
    ASSERT_TRUE(described) << path << " is in no file of server/openapi";
    const auto operation = described->object(method.get());
    ASSERT_TRUE(operation) << route << " is in no file of server/openapi";
    EXPECT_TRUE(operation->string("summary")) << route;
    EXPECT_TRUE(operation->string("operationId")) << route;
    EXPECT_TRUE(operation->object("responses")) << route;
  }
  EXPECT_GT(count, 15);
}

TEST_F(OpenApi, NothingIsDescribedThatNoRouteAnswers) {
  const auto routes = server().router().routes();
  const std::set<std::string> known(routes.begin(), routes.end());
  const auto paths = *openapi_document().object("paths");
  for (const auto& path : paths.names())
    for (const auto& method : paths.object(path.c_str())->names()) {
      if (method == "parameters")
        continue;
      const OwnedString upper(g_ascii_strup(method.c_str(), -1));
      EXPECT_TRUE(known.contains(std::string(upper.get()) + " " + path)) << method << " " << path;
    }
}

TEST_F(OpenApi, ReferencesLeadSomewhereAndOperationsHaveNamesOfTheirOwn) {
  const auto document = openapi_document();
  const auto parsed = json::parse(document.to_string());
  std::set<std::string> references, operations;
  collect_references(parsed->root().get(), references);
  EXPECT_GT(references.size(), 10u);
  for (const auto& reference : references) EXPECT_TRUE(resolves(document, reference)) << reference;
  const auto paths = *document.object("paths");
  for (const auto& path : paths.names()) {
    const auto item = *paths.object(path.c_str());
    for (const auto& method : item.names())
      if (const auto operation = item.object(method.c_str())) {
        EXPECT_TRUE(operations.insert(operation->string("operationId").value_or("")).second)
            << method << " " << path;
      }
  }
}

TEST_F(OpenApi, SchemaOfAgentsIsServedAsJsonSchema) {
  const auto reply = get("/api/v1/schema/agent");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/schema+json; charset=utf-8");
  EXPECT_TRUE(reply.json().object("$defs")->object("settings"));
}

}  // namespace
}  // namespace centralita
