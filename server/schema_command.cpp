#include "server/schema_command.h"

#include "server/agents/json_schema.h"
#include "server/handlers/schema_handler.h"

#include <cstdio>
#include <string_view>

namespace centralita {
namespace {

constexpr char kSchemaHelp[] = R"(Usage: centralita schema agent | openapi

agent      the JSON Schema of what an agent can be told, as GET /api/v1/schema/agent
openapi    the OpenAPI 3.1 document of the API, as GET /api/v1/openapi.json
)";

}  // namespace

int schema_main(std::span<char*> args) {
  const std::string_view which = args.size() == 2 ? args[1] : "";
  if (which == "agent") {
    std::puts(agents::json_schema().to_string().c_str());
  } else if (which == "openapi") {
    std::puts(openapi_document().to_string().c_str());
  } else {
    const bool asked = which == "--help";
    std::fputs(kSchemaHelp, asked ? stdout : stderr);
    return asked ? 0 : 2;
  }
  return 0;
}

}  // namespace centralita
