#include "server/store/accounts.h"

#include "server/store/sql_text.h"
#include "server/store/text.h"
#include "server/store/transaction.h"

namespace centralita::store {
namespace {

UserRole role_of(const Row& row) { return user_role(row.text("role")).value_or(UserRole::kViewer); }

User user_of(const Row& row) {
  return {.id = row.integer("id"),
          .name = row.text("name"),
          .role = role_of(row),
          .disabled = row.boolean("disabled"),
          .created_at = row.time("created_us"),
          .updated_at = row.time("updated_us"),
          .last_login_at = row.optional_time("last_login_us")};
}

UserSecret secret_of(const Row& row) {
  return {.id = row.integer("id"),
          .name = row.text("name"),
          .role = role_of(row),
          .disabled = row.boolean("disabled"),
          .password_hash = row.text("password_hash")};
}

ApiKey key_of(const Row& row) {
  return {.id = row.integer("id"),
          .name = row.text("name"),
          .hint = row.text("hint"),
          .role = role_of(row),
          .created_at = row.time("created_us"),
          .created_by = row.text("created_by"),
          .last_used_at = row.optional_time("last_used_us"),
          .expires_at = row.optional_time("expires_us"),
          .revoked_at = row.optional_time("revoked_us")};
}

Step audit(Connection& connection, const Author& author, const std::string& action,
           const std::string& subject, const json::Object& details) {
  return step(connection, "add_audit_entry",
              {author.name, author.address, action, subject, details.to_string()});
}

template <typename T>
Result<T, StoreError> only_row(Connection& connection, const char* query,
                               std::initializer_list<Param> params, T (*read)(const Row&),
                               const char* none) {
  const auto rows = connection.query(query_text(query), params);
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, none});
  return read((*rows)[0]);
}

StoreError user_error(StoreError error) {
  if (error.code == kNameTaken)
    return {kUserNameTaken, "Another user has that name."};
  return error;
}

std::string subject(const char* kind, std::int64_t id) {
  return std::string(kind) + ":" + std::to_string(id);
}

Param seconds(std::chrono::seconds value) { return {static_cast<std::int64_t>(value.count())}; }

std::optional<std::string> role_text(const std::optional<UserRole>& role) {
  return role ? std::optional<std::string>(name_of(*role)) : std::nullopt;
}

}  // namespace

Result<std::vector<User>, StoreError> list_users(Connection& connection) {
  const auto rows = connection.query(query_text("list_users"), {nullptr});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<User> users;
  for (const Row row : *rows) users.push_back(user_of(row));
  return users;
}

Result<User, StoreError> get_user(Connection& connection, std::int64_t id) {
  return only_row<User>(connection, "list_users", {id}, user_of, "There is no such user.");
}

Result<UserSecret, StoreError> find_user(Connection& connection, const std::string& name) {
  return only_row<UserSecret>(connection, "find_user", {clean_text(name)}, secret_of,
                              "There is no such user.");
}

Result<UserSecret, StoreError> find_user(Connection& connection, std::int64_t id) {
  return only_row<UserSecret>(connection, "find_user_by_id", {id}, secret_of,
                              "There is no such user.");
}

Result<User, StoreError> create_user(Connection& connection, const std::string& name,
                                     const std::string& password_hash, UserRole role,
                                     const Author& author) {
  return in_transaction<User>(connection, [&]() -> Result<User, StoreError> {
    const auto rows = connection.query(query_text("insert_user"),
                                       {clean_text(name), password_hash, name_of(role)});
    if (!rows)
      return Unexpected(user_error(change_error(rows.error())));
    const auto id = (*rows)[0].integer("id");
    return first_error({[&] {
                         return audit(connection, author, "user.created", subject("user", id),
                                      json::Object().set("name", name).set("role", name_of(role)));
                       }},
                       [&] { return get_user(connection, id); });
  });
}

Result<User, StoreError> update_user(Connection& connection, std::int64_t id,
                                     const UserChange& change, const std::string& kept,
                                     const Author& author) {
  return in_transaction<User>(connection, [&]() -> Result<User, StoreError> {
    const auto before = find_user(connection, id);
    if (!before)
      return Unexpected(before.error());
    json::Object details;
    details.set("name", before->name);
    if (change.name && *change.name != before->name)
      details.set("new_name", *change.name);
    if (change.password_hash)
      details.set("password", "changed");
    if (change.role && *change.role != before->role)
      details.set(
          "role",
          json::Object().set("from", name_of(before->role)).set("to", name_of(*change.role)));
    if (change.disabled && *change.disabled != before->disabled)
      details.set("disabled", *change.disabled);
    const bool ends_sessions = change.password_hash || change.disabled.value_or(false) ||
                               (change.role && *change.role < before->role);
    const auto name = change.name ? std::optional(clean_text(*change.name)) : std::nullopt;
    auto after = first_error(
        {[&] {
           return step(connection, "update_user",
                       {id, name, change.password_hash, role_text(change.role), change.disabled});
         },
         [&] {
           return ends_sessions ? step(connection, "delete_sessions_of_user", {id, kept}) : Step();
         },
         [&] { return audit(connection, author, "user.updated", subject("user", id), details); }},
        [&] { return get_user(connection, id); });
    return after ? std::move(after) : Unexpected(user_error(after.error()));
  });
}

Result<User, StoreError> delete_user(Connection& connection, std::int64_t id,
                                     const Author& author) {
  return in_transaction<User>(connection, [&]() -> Result<User, StoreError> {
    const auto before = get_user(connection, id);
    if (!before)
      return before;
    return first_error({[&] { return step(connection, "delete_user", {id}); },
                        [&] {
                          return audit(connection, author, "user.deleted", subject("user", id),
                                       json::Object().set("name", before->name));
                        }},
                       [&] { return before; });
  });
}

Result<std::vector<ApiKey>, StoreError> list_api_keys(Connection& connection) {
  const auto rows = connection.query(query_text("list_api_keys"), {nullptr});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<ApiKey> keys;
  for (const Row row : *rows) keys.push_back(key_of(row));
  return keys;
}

namespace {
Result<ApiKey, StoreError> get_api_key(Connection& connection, std::int64_t id) {
  return only_row<ApiKey>(connection, "list_api_keys", {id}, key_of, "There is no such key.");
}
}  // namespace

Result<ApiKey, StoreError> create_api_key(Connection& connection, const std::string& name,
                                          const std::string& key_hash, const std::string& hint,
                                          UserRole role, std::optional<WallTime> expires_at,
                                          const Author& author) {
  return in_transaction<ApiKey>(connection, [&]() -> Result<ApiKey, StoreError> {
    const auto rows = connection.query(
        query_text("insert_api_key"),
        {clean_text(name), key_hash, hint, name_of(role), author.name, expires_at});
    if (!rows)
      return Unexpected(store_error(rows.error()));
    const auto id = (*rows)[0].integer("id");
    return first_error({[&] {
                         return audit(connection, author, "api-key.created", subject("api-key", id),
                                      json::Object().set("name", name).set("role", name_of(role)));
                       }},
                       [&] { return get_api_key(connection, id); });
  });
}

Result<ApiKey, StoreError> revoke_api_key(Connection& connection, std::int64_t id,
                                          const Author& author) {
  return in_transaction<ApiKey>(connection, [&]() -> Result<ApiKey, StoreError> {
    const auto before = get_api_key(connection, id);
    if (!before || before->revoked_at)
      return before;
    return first_error({[&] { return step(connection, "revoke_api_key", {id}); },
                        [&] {
                          return audit(connection, author, "api-key.revoked",
                                       subject("api-key", id),
                                       json::Object().set("name", before->name));
                        }},
                       [&] { return get_api_key(connection, id); });
  });
}

Result<ApiKey, StoreError> use_api_key(Connection& connection, const std::string& key_hash) {
  const auto rows = connection.query(query_text("find_api_key"), {key_hash});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, "The key is unknown, revoked or expired."});
  const Row row = (*rows)[0];
  ApiKey key{.id = row.integer("id"), .name = row.text("name"), .role = role_of(row)};
  if (row.boolean("to_touch"))
    (void)connection.query(query_text("touch_api_key"), {key.id});
  return key;
}

Result<FoundSession, StoreError> use_session(Connection& connection, const std::string& token_hash,
                                             const SessionLimits& limits) {
  const auto rows = connection.query(query_text("find_session"),
                                     {token_hash, seconds(limits.idle), seconds(limits.lifetime)});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, "The session is over."});
  const Row row = (*rows)[0];
  FoundSession session{.user_id = row.optional_integer("user_id"),
                       .user_name = row.text("name"),
                       .role = row.is_null("user_id") ? UserRole::kAdmin : role_of(row),
                       .key_tag = row.text("key_tag")};
  if (row.boolean("to_touch"))
    (void)connection.query(query_text("touch_session"), {token_hash});
  return session;
}

Result<bool, StoreError> open_session(Connection& connection, const std::string& token_hash,
                                      std::optional<std::int64_t> user_id,
                                      const std::string& key_tag, const SessionLimits& limits,
                                      const Author& author) {
  return in_transaction<bool>(connection, [&]() -> Result<bool, StoreError> {
    return first_error(
        {[&] {
           return step(connection, "delete_old_sessions",
                       {seconds(limits.idle), seconds(limits.lifetime)});
         },
         [&] {
           return step(connection, "insert_session",
                       {token_hash, user_id, key_tag, author.address});
         },
         [&] { return user_id ? step(connection, "user_logged_in", {*user_id}) : Step(); },
         [&] {
           return audit(connection, author, "session.opened",
                        user_id ? subject("user", *user_id) : "admin", {});
         }},
        []() -> Result<bool, StoreError> { return true; });
  });
}

Result<bool, StoreError> close_session(Connection& connection, const std::string& token_hash) {
  if (auto error = step(connection, "delete_session", {token_hash}))
    return Unexpected(std::move(*error));
  return true;
}

Result<bool, StoreError> add_audit(Connection& connection, const Author& author,
                                   const std::string& action, const std::string& subject,
                                   const json::Object& details) {
  if (auto error = audit(connection, author, action, subject, details))
    return Unexpected(std::move(*error));
  return true;
}

}  // namespace centralita::store
