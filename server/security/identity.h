// Who asks, and what they may do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace centralita {

// Each may do what those before it may.
enum class UserRole {
  kViewer,  // reads
  kEditor,  // changes agents and numbers, places and steers calls, deletes history
  kAdmin,   // everything: users, keys, the system
};

inline const char* name_of(UserRole role) {
  return role == UserRole::kAdmin ? "admin" : role == UserRole::kEditor ? "editor" : "viewer";
}

inline std::optional<UserRole> user_role(std::string_view name) {
  for (const auto role : {UserRole::kViewer, UserRole::kEditor, UserRole::kAdmin})
    if (name == name_of(role))
      return role;
  return std::nullopt;
}

struct Identity {
  enum class Way { kAdminKey, kApiKey, kSession };

  std::string name;  // "admin" for the holder of ADMIN_API_KEY, "key:NAME" for an API key
  UserRole role = UserRole::kViewer;
  Way way = Way::kAdminKey;
  std::optional<std::int64_t> user_id;  // a user's session
  std::string csrf_token;               // of a session; else empty

  bool may(UserRole needed) const { return role >= needed; }
};

}  // namespace centralita
