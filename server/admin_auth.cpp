#include "server/admin_auth.h"

#include "server/secrets.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr char kCookie[] = "centralita_session";
constexpr std::chrono::seconds kSession = 12h;
constexpr std::size_t kAttempts = 5;
constexpr auto kAttemptsWindow = 60s;

}  // namespace

bool AdminAuth::is_admin(const HttpExchange& exchange) {
  if (const auto key = exchange.header("X-API-Key"); !key.empty())
    return same_secret(key, api_key_);
  if (const auto header = exchange.header("Authorization"); header.starts_with("Bearer "))
    return same_secret(std::string_view(header).substr(7), api_key_);
  const auto session = sessions_.find(exchange.cookie(kCookie));
  return session != sessions_.end() && session->second > Clock::now();
}

AdminAuth::Login AdminAuth::login(HttpExchange& exchange, const std::string& key) {
  const auto now = Clock::now();
  for (auto entry = attempts_.begin(); entry != attempts_.end();) {
    std::erase_if(entry->second, [&](auto at) { return at + kAttemptsWindow < now; });
    entry = entry->second.empty() ? attempts_.erase(entry) : std::next(entry);
  }
  auto& attempts = attempts_[exchange.client_address()];
  if (attempts.size() >= kAttempts)
    return Login::kTooMany;
  if (!same_secret(key, api_key_)) {
    attempts.push_back(now);
    return Login::kWrongKey;
  }
  attempts.clear();
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second < now; });
  const auto token = random_token();
  sessions_[token] = now + kSession;
  set_cookie(exchange, token, kSession);
  return Login::kOpened;
}

void AdminAuth::logout(HttpExchange& exchange) {
  sessions_.erase(exchange.cookie(kCookie));
  set_cookie(exchange, "", 0s);
}

void AdminAuth::set_cookie(HttpExchange& exchange, const std::string& value,
                           std::chrono::seconds lifetime) {
  exchange.set_header("Set-Cookie", std::string(kCookie) + "=" + value +
                                        "; Path=/; Max-Age=" + std::to_string(lifetime.count()) +
                                        "; HttpOnly; SameSite=Strict" +
                                        (secure_ ? "; Secure" : ""));
}

}  // namespace centralita
