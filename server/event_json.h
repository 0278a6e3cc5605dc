// What happened in a call as the API and the simulator show it.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/json.h"

#include <string>

namespace centralita {

// JSON where the text is an object or an array, else the text itself.
inline void set_json_or_text(json::Object& object, const char* name, const std::string& text) {
  const auto document = json::parse(text);
  if (document && document->is_object())
    object.set(name, document->object());
  else if (document && document->is_array())
    object.set(name, document->array());
  else
    object.set(name, text);
}

inline json::Object to_json(const CallEvent& event) {
  return json::Object()
      .set("name", event.name)
      .set("detail", event.detail)
      .set("since_start_ms", static_cast<std::int64_t>(event.since_start.count()));
}

inline json::Object to_json(const ToolFinished& tool) {
  json::Object object;
  object.set("id", tool.id).set("name", tool.name);
  set_json_or_text(object, "arguments", tool.arguments);
  return object.set("result", tool.result)
      .set("ok", tool.ok)
      .set("duration_ms", static_cast<std::int64_t>(tool.duration.count()))
      .set("since_start_ms", static_cast<std::int64_t>(tool.since_start.count()));
}

}  // namespace centralita
