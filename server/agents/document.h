// An agent's configuration as it is stored and edited: what all its calls share, and what each kind
// of call has of its own.
//
//   {"schema": 1, "shared": {"temperature": 0.4}, "profiles": {"browser": {}, "twilio":
//   {"voice_speed": 0.9}, ...}}
//
// Only what differs from the default is in `shared`, only what differs from `shared` in a profile.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/result.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace centralita::agents {

// Of the table in fields/. A document of an earlier version is brought up step by step when it is
// read; a change of the table that old documents would not survive gets such a step.
inline constexpr int kSchemaVersion = 1;

enum class Profile { kBrowser, kTwilio, kTelnyx };
inline constexpr std::array kProfiles = {Profile::kBrowser, Profile::kTwilio, Profile::kTelnyx};
const char* name_of(Profile profile);  // "browser", "twilio", "telnyx"
std::optional<Profile> profile_named(std::string_view name);

struct AgentDocument {
  json::Object shared;
  std::array<json::Object, kProfiles.size()> profiles;

  const json::Object& of(Profile profile) const {
    return profiles[static_cast<std::size_t>(profile)];
  }
  json::Object profiles_json() const;
};

// The error: no JSON object.
Result<AgentDocument> read_document(std::string_view text);
std::string to_text(const AgentDocument& document);

// `patch` has "shared" and "profiles", both optional: a value replaces a setting's, null takes it
// away (back to the default, or back to shared). A new document; the old one is as it was.
AgentDocument merged(const AgentDocument& document, const json::Object& patch);

// What is different, for people: [{"path": "/shared/temperature", "from": 0.7, "to": 0.4}].
json::Array differences(const AgentDocument& before, const AgentDocument& after);

}  // namespace centralita::agents
