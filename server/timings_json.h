// TurnTimings as the API and the simulator show them: milliseconds, absent stages left out.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/json.h"

namespace centralita {

inline json::Object to_json(const TurnTimings& timings) {
  json::Object object;
  const auto add = [&](const char* name, const std::optional<int>& value) {
    if (value)
      object.set(name, *value);
  };
  add("response_ms", timings.response);
  add("endpointing_ms", timings.endpointing);
  add("stt_ms", timings.stt);
  add("llm_first_token_ms", timings.llm_first_token);
  add("llm_first_clause_ms", timings.llm_first_clause);
  add("tts_first_byte_ms", timings.tts_first_byte);
  add("queue_ms", timings.queue);
  add("heard_ms", timings.heard);
  return object;
}

}  // namespace centralita
