#include "server/security/authenticator.h"

#include "server/secrets.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using store::Connection;
using store::StoreError;

constexpr auto kFresh = 5s;
constexpr auto kOutage = 10min;
constexpr std::size_t kMostKnown = 10'000;
constexpr std::size_t kLongestSecret = 1024;

Authenticator::Found somebody(Identity identity) {
  return std::optional<Identity>(std::move(identity));
}
Authenticator::Found nobody() { return std::optional<Identity>(); }

std::string given_key(const HttpExchange& exchange) {
  if (auto key = exchange.header("X-API-Key"); !key.empty())
    return key;
  if (const auto header = exchange.header("Authorization"); header.starts_with("Bearer "))
    return header.substr(7);
  return "";
}

// Both are made of the token, so that the database holds neither.
std::string csrf_token_of(const std::string& token) { return keyed_hash(token, "csrf"); }
std::string key_tag_of(const std::string& token, const std::string& key) {
  return keyed_hash(token, "admin-key:" + key);
}

}  // namespace

Authenticator::Authenticator(AuthenticatorOptions options, store::Store& store)
    : options_(std::move(options)),
      limits_{.idle = options_.session_idle, .lifetime = options_.session_lifetime},
      store_(store) {}

std::string Authenticator::api_key_hash(const std::string& key) {
  return token_hash("api-key", key);
}

bool Authenticator::is_admin_key(std::string_view key) const {
  return same_secret(key, options_.admin_api_key);
}

std::string Authenticator::cookie_name(const HttpExchange& exchange) const {
  // A cookie of that name cannot be set by another host of the same domain.
  return exchange.is_secure() ? "__Host-centralita_session" : "centralita_session";
}

std::string Authenticator::session_hash(const HttpExchange& exchange) const {
  const auto token = exchange.cookie(cookie_name(exchange));
  return token.empty() ? "" : token_hash("session", token);
}

void Authenticator::identify(const Exchange& exchange, std::function<void(Found)> done) {
  if (const auto key = given_key(*exchange); !key.empty()) {
    if (is_admin_key(key))
      return done(somebody({.name = "admin", .role = UserRole::kAdmin}));
    if (!key.starts_with(kKeyPrefix) || key.size() > kLongestSecret)
      return done(nobody());
    const auto hash = api_key_hash(key);
    return ask(
        hash,
        [hash](Connection& connection) -> Result<Identity, StoreError> {
          const auto found = store::use_api_key(connection, hash);
          if (!found)
            return Unexpected(found.error());
          return Identity{
              .name = "key:" + found->name, .role = found->role, .way = Identity::Way::kApiKey};
        },
        std::move(done));
  }
  const auto token = exchange->cookie(cookie_name(*exchange));
  if (token.empty() || token.size() > kLongestSecret)
    return done(nobody());
  const auto hash = token_hash("session", token);
  ask(
      hash,
      [hash, limits = limits_, csrf = csrf_token_of(token),
       key_tag = key_tag_of(token, options_.admin_api_key)](
          Connection& connection) -> Result<Identity, StoreError> {
        const auto found = store::use_session(connection, hash, limits);
        if (!found)
          return Unexpected(found.error());
        if (!found->user_id && !same_secret(found->key_tag, key_tag))
          return Unexpected(StoreError{store::kNotFound, "The administrator's key is another."});
        return Identity{.name = found->user_id ? found->user_name : "admin",
                        .role = found->role,
                        .way = Identity::Way::kSession,
                        .user_id = found->user_id,
                        .csrf_token = csrf};
      },
      std::move(done));
}

void Authenticator::ask(const std::string& hash,
                        std::function<Result<Identity, StoreError>(Connection&)> query,
                        std::function<void(Found)> done) {
  const auto now = Clock::now();
  if (const auto known = known_.find(hash);
      known != known_.end() && known->second.checked + kFresh > now)
    return done(somebody(known->second.identity));
  store_.read<Identity>(std::move(query), nullptr,
                        [this, hash, done = std::move(done),
                         alive = std::weak_ptr<bool>(alive_)](Result<Identity, StoreError> found) {
                          if (alive.expired())
                            return;
                          const auto now = Clock::now();
                          if (found) {
                            std::erase_if(known_, [&](const auto& entry) {
                              return entry.second.checked + kOutage < now ||
                                     known_.size() > kMostKnown;
                            });
                            known_[hash] = {*found, now};
                            return done(somebody(*found));
                          }
                          if (found.error().code == store::kNotFound) {
                            known_.erase(hash);
                            return done(nobody());
                          }
                          // The database is away: nobody can have taken the rights back there
                          // meanwhile.
                          if (const auto known = known_.find(hash);
                              known != known_.end() && known->second.checked + kOutage > now)
                            return done(somebody(known->second.identity));
                          done(Unexpected(found.error()));
                        });
}

// --- Logging in ----------------------------------------------------------------

void Authenticator::log_in(const Exchange& exchange, const std::string& name,
                           const std::string& secret, std::function<void(Login)> done) {
  const auto client = client_of_address(exchange->client_address());
  const OwnedString folded(
      g_utf8_casefold(g_utf8_validate(name.c_str(), -1, nullptr) ? name.c_str() : "?", -1));
  const std::string known_as = folded.get();
  if (const auto wait = guard_.wait(client, known_as, Clock::now()); wait > 0s) {
    exchange->set_header("Retry-After", std::to_string(wait.count()));
    return done(Login::kTooMany);
  }
  if (secret.size() > kLongestSecret || name.size() > kLongestSecret)
    return fail(exchange, known_as, std::move(done));
  if (name.empty())
    return is_admin_key(secret) ? open(exchange, std::nullopt, "", std::move(done))
                                : fail(exchange, known_as, std::move(done));

  store_.read<store::UserSecret>(
      [name](Connection& connection) { return store::find_user(connection, name); }, nullptr,
      [this, exchange, known_as, secret, done = std::move(done),
       alive = std::weak_ptr<bool>(alive_)](Result<store::UserSecret, StoreError> user) {
        if (alive.expired())
          return;
        if (!user && user.error().code != store::kNotFound)
          return done(Login::kUnavailable);
        const bool enabled = user && !user->disabled;
        const auto hash = enabled ? user->password_hash : std::string();
        const auto id = enabled ? user->id : 0;
        const auto user_name = enabled ? user->name : std::string();
        const bool taken =
            background_.run<bool>([hash, secret] { return check_password(hash, secret); },
                                  [this, exchange, known_as, id, user_name, done](bool right) {
                                    if (right)
                                      return open(exchange, id, user_name, done);
                                    fail(exchange, known_as, done);
                                  });
        if (!taken)
          done(Login::kUnavailable);
      });
}

void Authenticator::fail(const Exchange& exchange, const std::string& name,
                         std::function<void(Login)> done) {
  spdlog::warn("a login from {} with a wrong {}", exchange->client_address(),
               name.empty() ? "key" : "name or password");
  guard_.failed(client_of_address(exchange->client_address()), name, Clock::now());
  done(Login::kWrong);
}

void Authenticator::open(const Exchange& exchange, std::optional<std::int64_t> user_id,
                         const std::string& user_name, std::function<void(Login)> done) {
  const auto token = random_token();
  const auto hash = token_hash("session", token);
  const auto tag = user_id ? std::string() : key_tag_of(token, options_.admin_api_key);
  const store::Author author{.name = user_id ? user_name : "admin",
                             .address = exchange->client_address()};
  store_.change<bool>(
      [hash, user_id, tag, limits = limits_, author](Connection& connection) {
        return store::open_session(connection, hash, user_id, tag, limits, author);
      },
      nullptr,
      [this, exchange, token, hash, user_id, done = std::move(done),
       alive = std::weak_ptr<bool>(alive_)](Result<bool, StoreError> opened) {
        if (alive.expired())
          return;
        if (!opened && !user_id && opened.error().code == store::kDatabaseAway) {
          // An operator must get in while the database is what has failed: for ten minutes, here.
          spdlog::warn("a session of the administrator's is kept in memory: {}",
                       opened.error().message);
          known_[hash] = {.identity = {.name = "admin",
                                       .role = UserRole::kAdmin,
                                       .way = Identity::Way::kSession,
                                       .csrf_token = csrf_token_of(token)},
                          .checked = Clock::now() - kFresh};
        } else if (!opened) {
          spdlog::error("a session cannot be stored: {}", opened.error().message);
          return done(Login::kUnavailable);
        }
        guard_.succeeded(client_of_address(exchange->client_address()));
        set_cookie(*exchange, token, options_.session_lifetime);
        done(Login::kOpened);
      });
}

void Authenticator::log_out(const Exchange& exchange, std::function<void()> done) {
  const auto hash = session_hash(*exchange);
  set_cookie(*exchange, "", 0s);
  if (hash.empty())
    return done();
  known_.erase(hash);
  store_.change<bool>(
      [hash](Connection& connection) { return store::close_session(connection, hash); }, nullptr,
      [done = std::move(done)](Result<bool, StoreError>) { done(); });
}

void Authenticator::set_cookie(HttpExchange& exchange, const std::string& value,
                               std::chrono::seconds lifetime) {
  exchange.set_header("Set-Cookie", cookie_name(exchange) + "=" + value +
                                        "; Path=/; Max-Age=" + std::to_string(lifetime.count()) +
                                        "; HttpOnly; SameSite=Strict" +
                                        (exchange.is_secure() ? "; Secure" : ""));
}

}  // namespace centralita
