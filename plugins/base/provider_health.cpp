#include "plugins/base/provider_health.h"

#include <utility>

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
    : health_(std::exchange(other.health_, nullptr)),
      key_(std::move(other.key_)),
      began_(other.began_),
      answered_(other.answered_) {}

ProviderHealth::Request::~Request() {
  if (health_)
    health_->update(key_, [](Service& service) { service.breaker.abandoned(); });
}

void ProviderHealth::Request::answered(Time now) {
  if (!health_ || std::exchange(answered_, true))
    return;
  health_->update(key_, [&](Service& service) { service.latencies.add(now - began_); });
}

void ProviderHealth::Request::hedged() {
  if (health_)
    health_->update(key_, [](Service& service) { ++service.hedged; });
}

void ProviderHealth::Request::succeeded(Time now) {
  if (auto* health = std::exchange(health_, nullptr))
    health->update(key_, [&](Service& service) {
      if (health->enabled_)
        service.breaker.succeeded(now);
    });
}

void ProviderHealth::Request::failed(const ProviderError& error, Time now) {
  auto* health = std::exchange(health_, nullptr);
  if (!health)
    return;
  health->update(key_, [&](Service& service) {
    ++service.errors[ProviderError::name(error.code)];
    if (!health->enabled_)
      return;
    if (!is_failure_of_service(error))
      return service.breaker.succeeded(now);
    service.last_error = error.text;
    (void)service.breaker.failed(now);
  });
}

std::optional<std::chrono::milliseconds> ProviderHealth::Request::late_after() const {
  if (!health_)
    return std::nullopt;
  std::optional<Latencies::Time> late;
  health_->update(key_, [&](Service& service) { late = service.latencies.p95(); });
  if (!late)
    return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(*late);
}

ProviderHealth& ProviderHealth::shared() {
  static auto* const health = new ProviderHealth;
  return *health;
}

void ProviderHealth::enable(BreakerSettings settings) {
  const auto state = state_.lock();
  state->settings = settings;
  for (auto& [key, service] : state->services) service.breaker = CircuitBreaker(settings);
  enabled_ = true;
}

void ProviderHealth::on_change(OnChange function) {
  state_.lock()->on_change =
      function ? std::make_shared<const OnChange>(std::move(function)) : nullptr;
}

void ProviderHealth::update(const Key& key, const std::function<void(Service&)>& change) {
  using State = CircuitBreaker::State;
  std::shared_ptr<const OnChange> tell;
  std::optional<Status> status;
  {
    const auto state = state_.lock();
    const auto found = state->services.find(key);
    if (found == state->services.end())
      return;
    auto& service = found->second;
    const auto before = service.breaker.state();
    change(service);
    const auto after = service.breaker.state();
    // One that tries and fails again is the same trouble as before.
    const bool opened = before == State::kClosed && after == State::kOpen;
    const bool closed = before != State::kClosed && after == State::kClosed;
    if (enabled_ && state->on_change && (opened || closed)) {
      tell = state->on_change;
      status = status_of(key, service);
    }
  }
  if (tell)
    (*tell)(*status);
}

std::optional<ProviderHealth::Request> ProviderHealth::begin(const char* provider,
                                                             const char* operation,
                                                             const std::string& url, Time now,
                                                             const std::string& lane) {
  Key key{provider, operation, endpoint_of(url)};
  if (!lane.empty())
    key.endpoint += " (" + lane + ")";
  {
    const auto state = state_.lock();
    auto [found, made] = state->services.try_emplace(key);
    auto& service = found->second;
    if (made)
      service.breaker = CircuitBreaker(state->settings);
    if (enabled_ && !service.breaker.admit(now)) {
      ++service.refused;
      return std::nullopt;
    }
    ++service.requests;
  }
  return Request(this, std::move(key), now);
}

ProviderHealth::Status ProviderHealth::status_of(const Key& key, const Service& service) {
  return {.provider = key.provider,
          .operation = key.operation,
          .endpoint = key.endpoint,
          .state = service.breaker.state(),
          .failures = service.breaker.failures(),
          .since = service.breaker.since(),
          .last_error = service.last_error,
          .requests = service.requests,
          .refused = service.refused,
          .hedged = service.hedged,
          .errors = service.errors,
          .latencies = service.latencies};
}

std::vector<ProviderHealth::Status> ProviderHealth::status() {
  std::vector<Status> all;
  const auto state = state_.lock();
  for (const auto& [key, service] : state->services) all.push_back(status_of(key, service));
  return all;
}

void ProviderHealth::reset() {
  enabled_ = false;
  const auto state = state_.lock();
  state->services.clear();
  state->on_change = nullptr;
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
