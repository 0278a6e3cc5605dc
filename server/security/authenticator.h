// Who asks: the holder of ADMIN_API_KEY, of an API key, or of a session's cookie. Keys and sessions
// are in the database, so that they outlive the process and count on every instance; what was
// found is believed for five seconds, and while the database is away for ten minutes.
//
// Main thread. An answer may come at once or later, and never after this has gone.
#pragma once

#include "server/http_exchange.h"
#include "server/security/background.h"
#include "server/security/identity.h"
#include "server/security/limits.h"
#include "server/store/accounts.h"
#include "server/store/store.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace centralita {

struct AuthenticatorOptions {
  std::string admin_api_key;
  std::chrono::seconds session_idle = std::chrono::hours(12);
  std::chrono::seconds session_lifetime = std::chrono::hours(7 * 24);
};

class Authenticator {
 public:
  using Exchange = std::shared_ptr<HttpExchange>;

  Authenticator(AuthenticatorOptions options, store::Store& store);

  // Nobody: without credentials or with wrong ones. An error: the database could not be asked.
  using Found = Result<std::optional<Identity>, store::StoreError>;
  void identify(const Exchange& exchange, std::function<void(Found)> done);

  enum class Login { kOpened, kWrong, kTooMany, kUnavailable };
  // With a user's name and password, or with the administrator's key and no name. kOpened has set
  // the session's cookie, kTooMany the header Retry-After.
  void log_in(const Exchange& exchange, const std::string& name, const std::string& secret,
              std::function<void(Login)> done);
  // Ends the session whose cookie came, and takes the cookie away.
  void log_out(const Exchange& exchange, std::function<void()> done);

  // Somebody's rights have changed: ask again.
  void forget() { known_.clear(); }
  Background& background() { return background_; }
  // The hash of the session that the request came with; empty: it came by none.
  std::string session_hash(const HttpExchange& exchange) const;

  static std::string api_key_hash(const std::string& key);
  static constexpr char kKeyPrefix[] = "cen_";

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    Identity identity;
    Clock::time_point checked;
  };
  void ask(const std::string& hash,
           std::function<Result<Identity, store::StoreError>(store::Connection&)> query,
           std::function<void(Found)> done);
  void open(const Exchange& exchange, std::optional<std::int64_t> user_id,
            const std::string& user_name, std::function<void(Login)> done);
  void fail(const Exchange& exchange, const std::string& name, std::function<void(Login)> done);
  std::string cookie_name(const HttpExchange& exchange) const;
  void set_cookie(HttpExchange& exchange, const std::string& value, std::chrono::seconds lifetime);
  bool is_admin_key(std::string_view key) const;

  const AuthenticatorOptions options_;
  const store::SessionLimits limits_;
  store::Store& store_;
  std::map<std::string, Known> known_;  // by hash
  LoginGuard guard_;
  Background background_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace centralita
