#include "server/handlers/accounts_handler.h"

#include "server/handlers/api.h"
#include "server/secrets.h"

#include <algorithm>

namespace centralita {
namespace {

using agents::Words;
using store::ApiKey;
using store::Connection;
using store::StoreError;
using store::User;
template <typename T>
using Answer = Result<T, StoreError>;

constexpr std::size_t kShortestPassword = 12, kLongestPassword = 256, kLongestName = 100;

json::Object json_of(const User& user) {
  json::Object object;
  object.set("id", user.id).set("name", user.name).set("role", name_of(user.role));
  object.set("disabled", user.disabled);
  set_time(object, "created_at", user.created_at);
  set_time(object, "updated_at", user.updated_at);
  set_time(object, "last_login_at", user.last_login_at);
  return object;
}

json::Object json_of(const ApiKey& key) {
  json::Object object;
  object.set("id", key.id).set("name", key.name).set("hint", key.hint);
  object.set("role", name_of(key.role)).set("created_by", key.created_by);
  set_time(object, "created_at", key.created_at);
  set_time(object, "last_used_at", key.last_used_at);
  set_time(object, "expires_at", key.expires_at);
  set_time(object, "revoked_at", key.revoked_at);
  return object;
}

void refuse(HttpExchange& exchange, const char* code, const Words& words) {
  exchange.reply_error(422, code, words.in(language_of(exchange)));
}

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName &&
         g_utf8_validate(name.data(), static_cast<gssize>(name.size()), nullptr) &&
         std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7f; }) &&
         name.front() != ' ' && name.back() != ' ';
}

// Empty: refused.
std::optional<std::string> name_of_body(HttpExchange& exchange, const json::Object& body) {
  auto name = body.string("name").value_or("");
  if (is_name(name))
    return name;
  refuse(exchange, "invalid-name",
         {"El nombre debe tener de 1 a 100 caracteres, sin espacios al principio ni al final.",
          "The name must have 1 to 100 characters, without spaces at its ends."});
  return std::nullopt;
}

std::optional<UserRole> role_of_body(HttpExchange& exchange, const json::Object& body) {
  const auto role = user_role(body.string("role").value_or(""));
  if (!role)
    refuse(
        exchange, "invalid-role",
        {"El rol debe ser viewer, editor o admin.", "The role must be viewer, editor or admin."});
  return role;
}

std::string folded(const std::string& text) {
  return OwnedString(g_utf8_casefold(text.c_str(), -1)).get();
}

// Length is what counts; one that is the name or a single character over and over is none.
bool check_new_password(HttpExchange& exchange, const std::string& password,
                        const std::string& name) {
  const bool text = g_utf8_validate(password.data(), static_cast<gssize>(password.size()), nullptr);
  if (!text || g_utf8_strlen(password.c_str(), -1) < static_cast<glong>(kShortestPassword) ||
      password.size() > kLongestPassword) {
    refuse(exchange, "weak-password",
           {"La contraseña debe tener de 12 a 256 caracteres.",
            "The password must have 12 to 256 characters."});
    return false;
  }
  const bool one_character = password.find_first_not_of(password.front()) == password.npos;
  if (one_character || (!name.empty() && folded(password).find(folded(name)) != std::string::npos &&
                        password.size() < name.size() + 8)) {
    refuse(
        exchange, "weak-password",
        {"La contraseña se adivina con facilidad: no use el nombre ni un solo carácter repetido.",
         "The password is easy to guess: use neither the name nor one character over and over."});
    return false;
  }
  return true;
}

std::optional<std::int64_t> id_of(HttpExchange& exchange, const char* what) {
  const auto id = whole_number(exchange.id);
  if (!id)
    exchange.reply_error(404, store::kNotFound, what);
  return id;
}

constexpr char kNoUser[] = "There is no such user.";
constexpr char kNoKey[] = "There is no such key.";

struct Accounts {
  Authenticator& authenticator;
  store::Store& store;

  // Rights have changed, whatever came of it: nobody is believed from memory any more.
  template <typename T>
  auto answer(const Exchange& exchange, int status) const {
    return [exchange, status, &authenticator = authenticator](Answer<T> result) {
      authenticator.forget();
      if (!result)
        return reply_store_error(*exchange, result.error());
      exchange->reply_json(status, json_of(*result));
    };
  }

  // What takes as long as a password does, or a refusal when too many do.
  template <typename T>
  void in_background(const Exchange& exchange, std::function<T()> work,
                     std::function<void(T)> then) const {
    if (!authenticator.background().run<T>(std::move(work), std::move(then)))
      exchange->reply_error(503, "busy", "Too many passwords are being checked. Try again.");
  }

  void with_hash(const Exchange& exchange, const std::string& password,
                 std::function<void(std::string)> then) const {
    in_background<std::string>(
        exchange, [password] { return hash_password(password); },
        [exchange, then = std::move(then)](std::string hash) {
          if (hash.empty())
            return exchange->reply_error(503, "busy", "There is no memory to hash a password.");
          then(hash);
        });
  }

  // The session that asks stays, whatever else ends with the change.
  void update(const Exchange& exchange, std::int64_t id, const store::UserChange& change) const {
    store.change<User>(
        [id, change, kept = authenticator.session_hash(*exchange),
         author = author_of(*exchange)](Connection& connection) {
          return store::update_user(connection, id, change, kept, author);
        },
        nullptr, answer<User>(exchange, 200));
  }

  void session(const Exchange& exchange) const {
    const auto& who = exchange->identity();
    json::Object user;
    user.set("name", who.name).set("role", name_of(who.role));
    json::Object answer;
    answer.set("user", user);
    if (who.csrf_token.empty())
      answer.set("csrf_token", nullptr);
    else
      answer.set("csrf_token", who.csrf_token);
    exchange->reply_json(200, answer);
  }

  void change_own_password(const Exchange& exchange) const {
    const auto body = object_body(*exchange);
    if (!body)
      return;
    const auto id = exchange->identity().user_id;
    if (!id)
      return exchange->reply_error(409, "no-password",
                                   "The administrator's key and API keys have no password.");
    const auto password = body->string("new_password").value_or("");
    if (!check_new_password(*exchange, password, exchange->identity().name))
      return;
    store.read<store::UserSecret>(
        [id](Connection& connection) { return store::find_user(connection, *id); }, nullptr,
        [*this, exchange, id, password,
         current = body->string("password").value_or("")](Answer<store::UserSecret> user) {
          if (!user)
            return reply_store_error(*exchange, user.error());
          in_background<bool>(
              exchange,
              [hash = user->password_hash, current] { return check_password(hash, current); },
              [*this, exchange, id, password](bool right) {
                if (!right)
                  return exchange->reply_error(403, "wrong-password",
                                               Words{"La contraseña actual no es correcta.",
                                                     "The present password is not right."}
                                                   .in(language_of(*exchange)));
                with_hash(exchange, password, [*this, exchange, id](const std::string& hash) {
                  update(exchange, *id, {.password_hash = hash});
                });
              });
        });
  }

  template <typename T>
  void list(const Exchange& exchange, const char* member,
            Answer<std::vector<T>> (*all)(Connection&)) const {
    store.read<std::vector<T>>(
        all, nullptr, reply_list<T>(exchange, member, [](const T& each) { return json_of(each); }));
  }

  void create_user(const Exchange& exchange) const {
    const auto body = object_body(*exchange);
    if (!body)
      return;
    const auto name = name_of_body(*exchange, *body);
    if (!name)
      return;
    const auto role = role_of_body(*exchange, *body);
    const auto password = body->string("password").value_or("");
    if (!role || !check_new_password(*exchange, password, *name))
      return;
    with_hash(exchange, password, [*this, exchange, name, role](const std::string& hash) {
      store.change<User>(
          [name, role, hash, author = author_of(*exchange)](Connection& connection) {
            return store::create_user(connection, *name, hash, *role, author);
          },
          nullptr, answer<User>(exchange, 201));
    });
  }

  void change_user(const Exchange& exchange) const {
    const auto id = id_of(*exchange, kNoUser);
    const auto body = id ? object_body(*exchange) : std::nullopt;
    if (!body)
      return;
    store::UserChange change;
    if (body->has("name") && !(change.name = name_of_body(*exchange, *body)))
      return;
    if (body->has("role") && !(change.role = role_of_body(*exchange, *body)))
      return;
    change.disabled = body->boolean("disabled");
    const auto password = body->string("password");
    if (!password)
      return update(exchange, *id, change);
    if (check_new_password(*exchange, *password, change.name.value_or("")))
      with_hash(exchange, *password, [*this, exchange, id, change](const std::string& hash) {
        auto with_password = change;
        with_password.password_hash = hash;
        update(exchange, *id, with_password);
      });
  }

  void delete_user(const Exchange& exchange) const {
    if (const auto id = id_of(*exchange, kNoUser))
      store.change<User>(
          [id, author = author_of(*exchange)](Connection& connection) {
            return store::delete_user(connection, *id, author);
          },
          nullptr, answer<User>(exchange, 200));
  }

  void create_key(const Exchange& exchange) const {
    const auto body = object_body(*exchange);
    if (!body)
      return;
    const auto name = name_of_body(*exchange, *body);
    if (!name)
      return;
    const auto role = role_of_body(*exchange, *body);
    if (!role)
      return;
    std::optional<WallTime> expires_at;
    if (body->has("expires_in_days")) {
      const auto days = body->integer("expires_in_days");
      if (!days || *days < 1 || *days > 3650)
        return refuse(*exchange, "invalid-expiry",
                      {"expires_in_days debe ser un número entero de 1 a 3650.",
                       "expires_in_days must be a whole number from 1 to 3650."});
      expires_at = std::chrono::system_clock::now() + std::chrono::hours(24 * *days);
    }
    const auto key = Authenticator::kKeyPrefix + random_token();
    store.change<ApiKey>(
        [name, role, expires_at, hash = Authenticator::api_key_hash(key), hint = key.substr(0, 8),
         author = author_of(*exchange)](Connection& connection) {
          return store::create_api_key(connection, *name, hash, hint, *role, expires_at, author);
        },
        nullptr,
        [exchange, key](Answer<ApiKey> created) {
          if (!created)
            return reply_store_error(*exchange, created.error());
          exchange->reply_json(201, json_of(*created).set("key", key));
        });
  }

  void revoke_key(const Exchange& exchange) const {
    if (const auto id = id_of(*exchange, kNoKey))
      store.change<ApiKey>(
          [id, author = author_of(*exchange)](Connection& connection) {
            return store::revoke_api_key(connection, *id, author);
          },
          nullptr, answer<ApiKey>(exchange, 200));
  }
};

}  // namespace

void add_accounts_handler(Router& router, Authenticator& authenticator, store::Store& store) {
  const Accounts accounts{authenticator, store};
  router.add("GET", "/api/v1/session", Access::kViewer,
             [accounts](const Exchange& exchange) { accounts.session(exchange); });
  router.add("PUT", "/api/v1/session/password", Access::kViewer,
             [accounts](const Exchange& exchange) { accounts.change_own_password(exchange); });

  router.add("GET", "/api/v1/users", Access::kAdmin, [accounts](const Exchange& exchange) {
    accounts.list<User>(exchange, "users", store::list_users);
  });
  router.add("POST", "/api/v1/users", Access::kAdmin,
             [accounts](const Exchange& exchange) { accounts.create_user(exchange); });
  router.add("PATCH", "/api/v1/users/{id}", Access::kAdmin,
             [accounts](const Exchange& exchange) { accounts.change_user(exchange); });
  router.add("DELETE", "/api/v1/users/{id}", Access::kAdmin,
             [accounts](const Exchange& exchange) { accounts.delete_user(exchange); });

  router.add("GET", "/api/v1/api-keys", Access::kAdmin, [accounts](const Exchange& exchange) {
    accounts.list<ApiKey>(exchange, "api_keys", store::list_api_keys);
  });
  router.add("POST", "/api/v1/api-keys", Access::kAdmin,
             [accounts](const Exchange& exchange) { accounts.create_key(exchange); });
  router.add("DELETE", "/api/v1/api-keys/{id}", Access::kAdmin,
             [accounts](const Exchange& exchange) { accounts.revoke_key(exchange); });
}

}  // namespace centralita
