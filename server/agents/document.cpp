#include "server/agents/document.h"

#include <set>
#include <vector>

namespace centralita::agents {
namespace {

using Upgrade = json::Object (*)(const json::Object&);

// The first stored form had every setting at the top.
json::Object into_shared(const json::Object& flat) { return json::Object().set("shared", flat); }

constexpr Upgrade kUpgrades[] = {into_shared};
static_assert(std::size(kUpgrades) == kSchemaVersion);

Ref<JsonNode> copy_of(JsonNode* node) { return Ref<JsonNode>::adopt(json_node_copy(node)); }

json::Object with(const json::Object& settings, const std::optional<json::Object>& patch) {
  json::Object result;
  for (const auto& name : settings.names())
    if (!patch || !patch->has(name.c_str()))
      result.set_node(name.c_str(), copy_of(settings.node(name.c_str())));
  if (!patch)
    return result;
  for (const auto& name : patch->names())
    if (auto* node = patch->node(name.c_str()); !JSON_NODE_HOLDS_NULL(node))
      result.set_node(name.c_str(), copy_of(node));
  return result;
}

void add_differences(json::Array& found, const std::string& path, const json::Object& before,
                     const json::Object& after) {
  std::set<std::string> names;
  for (const auto* settings : {&before, &after})
    for (auto& name : settings->names()) names.insert(std::move(name));
  for (const auto& name : names) {
    auto* from = before.node(name.c_str());
    auto* to = after.node(name.c_str());
    if (from && to && json_node_equal(from, to))
      continue;
    json::Object difference;
    difference.set("path", path + "/" + name);
    if (from)
      difference.set_node("from", copy_of(from));
    if (to)
      difference.set_node("to", copy_of(to));
    found.add(difference);
  }
}

}  // namespace

const char* name_of(Profile profile) {
  constexpr const char* kNames[] = {"browser", "twilio", "telnyx"};
  return kNames[static_cast<std::size_t>(profile)];
}

std::optional<Profile> profile_named(std::string_view name) {
  for (const auto profile : kProfiles)
    if (name == name_of(profile))
      return profile;
  return std::nullopt;
}

json::Object AgentDocument::profiles_json() const {
  json::Object object;
  for (const auto profile : kProfiles) object.set(name_of(profile), of(profile));
  return object;
}

Result<AgentDocument> read_document(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed)
    return Unexpected(parsed.error());
  if (!parsed->is_object())
    return Unexpected("not a JSON object");
  auto object = parsed->object();
  for (auto version = object.integer("schema").value_or(0); version < kSchemaVersion; ++version)
    object = kUpgrades[std::max<std::int64_t>(version, 0)](object);
  // What stands elsewhere in it is a later version's and means nothing here.
  return merged({}, object);
}

std::string to_text(const AgentDocument& document) {
  return json::Object()
      .set("schema", kSchemaVersion)
      .set("shared", document.shared)
      .set("profiles", document.profiles_json())
      .to_string();
}

AgentDocument merged(const AgentDocument& document, const json::Object& patch) {
  AgentDocument result;
  result.shared = with(document.shared, patch.object("shared"));
  const auto profiles = patch.object("profiles");
  for (const auto profile : kProfiles)
    result.profiles[static_cast<std::size_t>(profile)] =
        with(document.of(profile),
             profiles ? profiles->object(name_of(profile)) : std::optional<json::Object>());
  return result;
}

json::Array differences(const AgentDocument& before, const AgentDocument& after) {
  json::Array found;
  add_differences(found, "/shared", before.shared, after.shared);
  for (const auto profile : kProfiles)
    add_differences(found, std::string("/profiles/") + name_of(profile), before.of(profile),
                    after.of(profile));
  return found;
}

}  // namespace centralita::agents
