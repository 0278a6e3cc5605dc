// What describes the API to programs: GET /api/v1/schema/agent (json_schema.h) and
// GET /api/v1/openapi.json, OpenAPI 3.1.
//
// The OpenAPI document is the files of server/openapi together, one a resource: a handler joins it
// with a file of its own that has "paths" and, as it needs them, "components" and "tags".
#pragma once

#include "plugins/base/json.h"
#include "server/router.h"

namespace centralita {

json::Object openapi_document();

void add_schema_handler(Router& router);

}  // namespace centralita
