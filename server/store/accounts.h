// Users, API keys and sessions in the database. All block; they run on the store's own thread, by
// Store::read() and Store::change(). What changes somebody's rights is one transaction with its
// line of the audit log.
//
// Hashes come ready made (server/security/passwords.h, tokens.h): nothing secret reaches the store.
#pragma once

#include "server/security/identity.h"
#include "server/store/agents.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace centralita::store {

struct User {
  std::int64_t id = 0;
  std::string name;
  UserRole role = UserRole::kViewer;
  bool disabled = false;
  WallTime created_at, updated_at;
  std::optional<WallTime> last_login_at;
};

struct UserSecret {
  std::int64_t id = 0;
  std::string name;
  UserRole role = UserRole::kViewer;
  bool disabled = false;
  std::string password_hash;
};

// Empty: it stays as it is.
struct UserChange {
  std::optional<std::string> name, password_hash;
  std::optional<UserRole> role;
  std::optional<bool> disabled;
};

struct ApiKey {
  std::int64_t id = 0;
  std::string name, hint;
  UserRole role = UserRole::kViewer;
  WallTime created_at;
  std::string created_by;
  std::optional<WallTime> last_used_at, expires_at, revoked_at;
};

struct SessionLimits {
  std::chrono::seconds idle{0}, lifetime{0};
};

struct FoundSession {
  std::optional<std::int64_t> user_id;  // none: opened with the administrator's key
  std::string user_name;
  UserRole role = UserRole::kAdmin;
  std::string key_tag;
};

Result<std::vector<User>, StoreError> list_users(Connection& connection);
Result<User, StoreError> get_user(Connection& connection, std::int64_t id);
// By name, letter case apart; kNotFound.
Result<UserSecret, StoreError> find_user(Connection& connection, const std::string& name);
Result<UserSecret, StoreError> find_user(Connection& connection, std::int64_t id);
Result<User, StoreError> create_user(Connection& connection, const std::string& name,
                                     const std::string& password_hash, UserRole role,
                                     const Author& author);
// Another password, fewer rights or a disabled account end the user's sessions, but for the one
// with the token hash `kept`.
Result<User, StoreError> update_user(Connection& connection, std::int64_t id,
                                     const UserChange& change, const std::string& kept,
                                     const Author& author);
Result<User, StoreError> delete_user(Connection& connection, std::int64_t id, const Author& author);

Result<std::vector<ApiKey>, StoreError> list_api_keys(Connection& connection);
Result<ApiKey, StoreError> create_api_key(Connection& connection, const std::string& name,
                                          const std::string& key_hash, const std::string& hint,
                                          UserRole role, std::optional<WallTime> expires_at,
                                          const Author& author);
Result<ApiKey, StoreError> revoke_api_key(Connection& connection, std::int64_t id,
                                          const Author& author);
// kNotFound for one that is unknown, revoked or expired. Notes the use, to the minute.
Result<ApiKey, StoreError> use_api_key(Connection& connection, const std::string& key_hash);

// kNotFound for one that is unknown or over. Notes the use, to the minute.
Result<FoundSession, StoreError> use_session(Connection& connection, const std::string& token_hash,
                                             const SessionLimits& limits);
// Also ends those that are over. `user_id` none: the administrator's key.
Result<bool, StoreError> open_session(Connection& connection, const std::string& token_hash,
                                      std::optional<std::int64_t> user_id,
                                      const std::string& key_tag, const SessionLimits& limits,
                                      const Author& author);
Result<bool, StoreError> close_session(Connection& connection, const std::string& token_hash);

// A line of the audit log by itself, for what changes nothing else.
Result<bool, StoreError> add_audit(Connection& connection, const Author& author,
                                   const std::string& action, const std::string& subject,
                                   const json::Object& details);

}  // namespace centralita::store
