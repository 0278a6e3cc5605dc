// The table of fields as JSON Schema (draft 2020-12).
//
// Beside the standard's keywords: x-title and x-help ({"es", "en"}), x-tab, x-group ({"es", "en"}),
// x-order (within the whole), x-unit, x-widget, x-per-profile (whether a profile may override it),
// x-since, and at the root x-version and x-tabs ([{"id", "title"}], in their order).
#pragma once

#include "plugins/base/json.h"

namespace centralita::agents {

// Of {"name", "shared", "profiles"}, as POST and PATCH take it: null takes a setting away.
json::Object json_schema();

// The "$defs" of it: "settings" and "overrides". `where` is put before their names in references.
json::Object schema_definitions(const std::string& where);

}  // namespace centralita::agents
