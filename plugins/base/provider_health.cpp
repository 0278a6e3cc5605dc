#include "plugins/base/provider_health.h"

namespace centralita {
namespace {

// "https://api.groq.com/openai/v1/..." -> "api.groq.com"; with its port where it has one.
std::string endpoint_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto from = scheme == std::string::npos ? 0 : scheme + 3;
  auto host = url.substr(from, url.find_first_of("/?#", from) - from);
  if (const auto user = host.rfind('@'); user != std::string::npos)
    host.erase(0, user + 1);
  return host;
}

bool is_failure_of_service(const ProviderError& error) {
  return error.retriable() || error.code == ProviderError::Code::kBadKey;
}

}  // namespace

ProviderHealth::Request::Request(Request&& other) noexcept
    : health_(std::exchange(other.health_, nullptr)), key_(std::move(other.key_)) {}

ProviderHealth::Request::~Request() {
  if (!health_)
    return;
  auto state = health_->state_.lock();
  if (const auto found = state->services.find(key_); found != state->services.end())
    found->second.breaker.abandoned();
}

void ProviderHealth::Request::succeeded(Time now) {
  if (auto* health = std::exchange(health_, nullptr))
    health->state_.lock()->services[key_].breaker.succeeded(now);
}

void ProviderHealth::Request::failed(const ProviderError& error, Time now) {
  if (!is_failure_of_service(error))
    return succeeded(now);
  auto* health = std::exchange(health_, nullptr);
  if (!health)
    return;
  auto state = health->state_.lock();
  auto& service = state->services[key_];
  service.breaker.failed(now);
  service.last_error = error.text;
}

ProviderHealth& ProviderHealth::shared() {
  static auto* const health = new ProviderHealth;
  return *health;
}

void ProviderHealth::enable(BreakerSettings settings) {
  state_.lock()->settings = settings;
  enabled_ = true;
}

std::optional<ProviderHealth::Request> ProviderHealth::begin(const char* provider,
                                                             const char* operation,
                                                             const std::string& url, Time now) {
  Key key{provider, operation, endpoint_of(url)};
  if (!enabled_)
    return Request(nullptr, std::move(key));
  {
    auto state = state_.lock();
    auto [found, made] = state->services.try_emplace(key);
    if (made)
      found->second.breaker = CircuitBreaker(state->settings);
    if (!found->second.breaker.admit(now))
      return std::nullopt;
  }
  return Request(this, std::move(key));
}

std::vector<ProviderHealth::Status> ProviderHealth::status() {
  std::vector<Status> all;
  const auto state = state_.lock();
  for (const auto& [key, service] : state->services)
    all.push_back({.provider = key.provider,
                   .operation = key.operation,
                   .endpoint = key.endpoint,
                   .state = service.breaker.state(),
                   .failures = service.breaker.failures(),
                   .since = service.breaker.since(),
                   .last_error = service.last_error});
  return all;
}

void ProviderHealth::reset() {
  enabled_ = false;
  state_.lock()->services.clear();
}

ProviderError breaker_open(const char* provider, const char* operation) {
  return {.code = ProviderError::Code::kUnavailable,
          .provider = provider,
          .operation = operation,
          .text = std::string(provider) + " (" + operation +
                  ") has failed several times in a row and is not asked for a while.",
          .detail = "the circuit breaker is open; no request was made"};
}

}  // namespace centralita
