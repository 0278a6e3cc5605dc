#include "pipelines/call_usage.h"

#include <cmath>

namespace centralita {
namespace {

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; }

std::chrono::milliseconds time_of(const json::Object& object) {
  return std::chrono::milliseconds(std::llround(object.number("seconds").value_or(0) * 1000));
}

json::Object part(const json::Object& usage, const char* name) {
  return usage.object(name).value_or(json::Object());
}

}  // namespace

json::Object to_json(const CallUsage& usage) {
  json::Object all;
  all.set("stt", json::Object()
                     .set("seconds", seconds(usage.stt_audio))
                     .set("requests", usage.stt_requests)
                     .set("model", usage.stt_model));
  all.set("llm", json::Object()
                     .set("input_tokens", usage.llm_input_tokens)
                     .set("output_tokens", usage.llm_output_tokens)
                     .set("requests", usage.llm_requests)
                     .set("estimated", usage.llm_estimated)
                     .set("model", usage.llm_model));
  all.set(
      "tts",
      json::Object().set("characters", usage.tts_characters).set("requests", usage.tts_requests));
  if (usage.carrier.empty())
    return all.set("telephony", nullptr);
  return all.set("telephony", json::Object()
                                  .set("carrier", usage.carrier)
                                  .set("direction", usage.direction)
                                  .set("seconds", seconds(usage.line)));
}

CallUsage usage_of(const json::Object& usage) {
  const auto stt = part(usage, "stt"), llm = part(usage, "llm"), tts = part(usage, "tts"),
             line = part(usage, "telephony");
  return {.stt_audio = time_of(stt),
          .stt_requests = static_cast<int>(stt.integer("requests").value_or(0)),
          .stt_model = stt.string("model").value_or(""),
          .llm_input_tokens = llm.integer("input_tokens").value_or(0),
          .llm_output_tokens = llm.integer("output_tokens").value_or(0),
          .llm_requests = static_cast<int>(llm.integer("requests").value_or(0)),
          .llm_estimated = llm.boolean("estimated").value_or(false),
          .llm_model = llm.string("model").value_or(""),
          .tts_characters = tts.integer("characters").value_or(0),
          .tts_requests = static_cast<int>(tts.integer("requests").value_or(0)),
          .carrier = line.string("carrier").value_or(""),
          .direction = line.string("direction").value_or(""),
          .line = time_of(line)};
}

}  // namespace centralita
