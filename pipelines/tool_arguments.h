// Whether what a model wrote as a tool's arguments is what the tool's schema asks for, before
// anybody acts on it.
#pragma once

#include "plugins/base/json.h"

#include <string>

namespace centralita {

// Of JSON Schema: type (one or several), enum, required, properties, additionalProperties false,
// items; other keywords are the service's to check. Empty arguments are an empty object. The error
// is a sentence for the model: "/fecha is missing".
Result<json::Object> check_arguments(const std::string& schema, const std::string& arguments);

}  // namespace centralita
