#include "server/agents/codec.h"

#include "server/agents/value.h"

namespace centralita::agents {
namespace {

// Hands every usable setting to `use(field, node, problem)`; `problem` says that the node is only
// nearly right.
template <typename Use>
void each_setting(const json::Object& settings, std::optional<Profile> profile,
                  std::vector<std::string>& remarks, Use use) {
  const std::string where = profile ? std::string(name_of(*profile)) + ": " : "";
  for (const auto& name : settings.names()) {
    auto* node = settings.node(name.c_str());
    const auto* field = find_field(name);
    if (!field)
      remarks.push_back(where + name + " is not known here and is passed over");
    else if (profile && field->scope == Scope::kShared)
      remarks.push_back(where + name + " is the same for all profiles and is passed over");
    else if (!JSON_NODE_HOLDS_NULL(node))
      use(*field, node, problem_with(*field, node));
  }
}

std::string remark(const Field& field, JsonNode* node, const Problem& problem,
                   const AgentConfig* used) {
  const std::string name = field.name;
  if (!used)
    return name + " " + problem.reason.en + ": it is passed over";
  if (std::string(problem.code) != "out-of-range")
    return name + " " + problem.reason.en + ": the nearest value is used";
  const auto number = [](JsonNode* value) { return shown(json_node_get_double(value)); };
  return name + " " + number(node) + " is out of " + shown(field.low) + "-" + shown(field.high) +
         ": " + number(value_of(field, *used).get()) + " is used";
}

void read(const json::Object& settings, std::optional<Profile> profile, Reading& reading) {
  each_setting(settings, profile, reading.remarks,
               [&](const Field& field, JsonNode* node, const std::optional<Problem>& problem) {
                 bool used = true;
                 if (!problem)
                   assign(field, node, reading.config);
                 else
                   used = assign_nearest(field, node, reading.config);
                 if (used)
                   reading.sources[field.name] = profile ? Source::kProfile : Source::kShared;
                 if (problem)
                   reading.remarks.push_back(
                       (profile ? std::string(name_of(*profile)) + ": " : "") +
                       remark(field, node, *problem, used ? &reading.config : nullptr));
               });
}

json::Object cleaned_part(const json::Object& settings, std::optional<Profile> profile,
                          std::vector<std::string>& remarks) {
  json::Object result;
  Reading reading;
  read(settings, profile, reading);
  for (const auto& [name, source] : reading.sources)
    result.set_node(name.c_str(), value_of(*find_field(name), reading.config));
  remarks.insert(remarks.end(), reading.remarks.begin(), reading.remarks.end());
  return result;
}

}  // namespace

Reading read_config(const AgentDocument& document, std::optional<Profile> profile) {
  Reading reading;
  read(document.shared, std::nullopt, reading);
  if (profile)
    read(document.of(*profile), profile, reading);
  return reading;
}

AgentDocument cleaned(const AgentDocument& document, std::vector<std::string>& remarks) {
  AgentDocument result;
  result.shared = cleaned_part(document.shared, std::nullopt, remarks);
  for (const auto profile : kProfiles)
    result.profiles[static_cast<std::size_t>(profile)] =
        cleaned_part(document.of(profile), profile, remarks);
  return result;
}

json::Object settings_of(const AgentConfig& config) {
  json::Object settings;
  for (const auto& field : all_fields()) settings.set_node(field.name, value_of(field, config));
  return settings;
}

}  // namespace centralita::agents
