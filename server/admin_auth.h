// Who may use the API and the pages: the holder of ADMIN_API_KEY, by header or by a session that
// was opened with it. Main thread only.
#pragma once

#include "server/http_exchange.h"

#include <chrono>
#include <deque>
#include <map>
#include <string>

namespace centralita {

class AdminAuth {
 public:
  // `secure`: the pages are reached by https, so that the cookie must not travel otherwise.
  AdminAuth(std::string api_key, bool secure) : api_key_(std::move(api_key)), secure_(secure) {}

  bool is_admin(const HttpExchange& exchange);

  enum class Login { kOpened, kWrongKey, kTooMany };
  // kOpened sets the session's cookie on the answer. Five attempts a minute and address.
  Login login(HttpExchange& exchange, const std::string& key);
  void logout(HttpExchange& exchange);

 private:
  using Clock = std::chrono::steady_clock;
  void set_cookie(HttpExchange& exchange, const std::string& value, std::chrono::seconds lifetime);

  const std::string api_key_;
  const bool secure_;
  std::map<std::string, Clock::time_point> sessions_;              // token -> until
  std::map<std::string, std::deque<Clock::time_point>> attempts_;  // by address
};

}  // namespace centralita
