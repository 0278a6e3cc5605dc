#include "server/store/agent_codec.h"

#include "plugins/base/json.h"

#include <algorithm>
#include <set>

namespace centralita::store {
namespace {

using std::chrono::milliseconds;

// Every member of the document, once: its name, where it goes, and its range. The migration that
// takes over the predecessor's configuration has the same ranges.
template <typename Visitor, typename Config>
void visit(Visitor& visitor, Config& config) {
  visitor.member("instructions", config.instructions);
  visitor.member("llm_model", config.llm_model);
  visitor.member("temperature", config.temperature, 0.0, 2.0);
  visitor.member("max_tokens", config.max_tokens, 50, 8'192);
  visitor.member("context_window", config.context_window, 2, 100);
  visitor.member("first_message", config.first_message);
  visitor.member("speak_first", config.speak_first);
  visitor.member("voice_language", config.voice_language);
  visitor.member("voice_name", config.voice_name);
  visitor.member("voice_speed", config.voice_speed, 0.5, 2.0);
  visitor.member("voice_pitch", config.voice_pitch, -12, 12);
  visitor.member("voice_volume", config.voice_volume, 0, 100);
  visitor.member("stt_model", config.stt_model);
  visitor.member("stt_language", config.stt_language);
  visitor.member("vad_threshold", config.vad_threshold, 0.1, 0.95);
  visitor.member("silence_timeout_ms", config.silence_timeout, 100, 5'000);
  visitor.member("barge_in_enabled", config.barge_in_enabled);
  visitor.member("idle_timeout_ms", config.idle_timeout, 1'000, 300'000);
  visitor.member("idle_message", config.idle_message);
  visitor.member("inactivity_max_retries", config.inactivity_max_retries, 0, 10);
  visitor.member("max_duration_ms", config.max_duration, 10'000, 14'400'000);
  visitor.member("apology_message", config.apology_message);
}

std::string shown(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

class Decoder {
 public:
  explicit Decoder(const json::Object& document) : document_(document) {}

  void member(const char* name, std::string& target) {
    if (auto value = take(name, document_.string(name), "a text"))
      target = std::move(*value);
  }
  void member(const char* name, bool& target) {
    if (const auto value = take(name, document_.boolean(name), "true or false"))
      target = *value;
  }
  void member(const char* name, double& target, double low, double high) {
    if (const auto value = take(name, document_.number(name), "a number"))
      target = clamp(name, *value, low, high);
  }
  void member(const char* name, int& target, int low, int high) {
    // 250.0 is a whole number to jsonb; what lies between two is cut.
    if (const auto value = take(name, document_.number(name), "a number"))
      target = static_cast<int>(clamp(name, *value, low, high));
  }
  void member(const char* name, milliseconds& target, int low, int high) {
    int value = static_cast<int>(target.count());
    member(name, value, low, high);
    target = milliseconds(value);
  }

  void unknown() {
    for (const auto& name : document_.names())
      if (!known_.contains(name))
        remarks.push_back(name + " is not known here and is passed over");
  }

  std::vector<std::string> remarks;

 private:
  template <typename T>
  std::optional<T> take(const char* name, std::optional<T> value, const char* expected) {
    known_.insert(name);
    auto* node = document_.node(name);
    if (!value && node && !JSON_NODE_HOLDS_NULL(node))
      remarks.push_back(std::string(name) + " is not " + expected + ": the default is used");
    return value;
  }
  double clamp(const char* name, double value, double low, double high) {
    const double inside = std::clamp(value, low, high);
    if (inside != value)
      remarks.push_back(std::string(name) + " " + shown(value) + " is out of " + shown(low) + "-" +
                        shown(high) + ": " + shown(inside) + " is used");
    return inside;
  }

  const json::Object& document_;
  std::set<std::string> known_;
};

class Encoder {
 public:
  template <typename T, typename... Range>
  void member(const char* name, const T& value, Range...) {
    if constexpr (std::is_same_v<T, milliseconds>)
      document.set(name, static_cast<std::int64_t>(value.count()));
    else
      document.set(name, value);
  }
  json::Object document;
};

}  // namespace

Result<DecodedAgent> decode_agent(std::int64_t id, std::string name, std::string_view document) {
  const auto parsed = json::parse(document);
  if (!parsed)
    return Unexpected(parsed.error());
  if (!parsed->is_object())
    return Unexpected("not a JSON object");
  const auto object = parsed->object();
  DecodedAgent agent;
  agent.config.id = id;
  agent.config.name = std::move(name);
  Decoder decoder(object);
  visit(decoder, agent.config);
  decoder.unknown();
  agent.remarks = std::move(decoder.remarks);
  return agent;
}

std::string encode_agent(const AgentConfig& config) {
  Encoder encoder;
  visit(encoder, config);
  return encoder.document.to_string();
}

}  // namespace centralita::store
