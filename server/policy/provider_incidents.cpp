#include "server/policy/provider_incidents.h"

#include <spdlog/spdlog.h>

namespace centralita::policy {
namespace {

constexpr auto kRetry = std::chrono::seconds(2);

std::string subject_of(const ProviderHealth::Status& status) {
  return status.provider + " " + status.operation + " " + status.endpoint;
}

}  // namespace

ProviderIncidents::ProviderIncidents(IoContext io, store::Store& store, std::string instance)
    : io_(std::move(io)), store_(store), instance_(std::move(instance)) {
  ProviderHealth::shared().on_change(
      [io = io_, this, alive = std::weak_ptr(alive_)](const ProviderHealth::Status& status) {
        io.post([this, alive, status] {
          if (!alive.expired())
            changed(status);
        });
      });
}

ProviderIncidents::~ProviderIncidents() { ProviderHealth::shared().on_change(nullptr); }

void ProviderIncidents::changed(const ProviderHealth::Status& status) {
  const auto subject = subject_of(status);
  const bool open = status.state == CircuitBreaker::State::kOpen;
  if (open)
    spdlog::error(
        "provider_breaker_opened provider={} operation={} endpoint=\"{}\" failures={} "
        "reason=\"{}\"",
        status.provider, status.operation, status.endpoint, status.failures, status.last_error);
  else
    spdlog::warn("provider_breaker_closed provider={} operation={} endpoint=\"{}\"",
                 status.provider, status.operation, status.endpoint);
  wishes_[subject] = {
      .open = open,
      .incident = {
          .kind = store::kProviderIncident,
          .subject = subject,
          .began = io_.wall(),
          .reason = std::to_string(status.failures) +
                    " requests failed one after the other; the last one: " + status.last_error,
          .raised_by = instance_,
          .run = store_.run()}};
  synchronise();
}

void ProviderIncidents::synchronise() {
  if (busy_ || wishes_.empty())
    return;
  busy_ = true;
  const auto subject = wishes_.begin()->first;
  const auto wish = wishes_.begin()->second;
  wishes_.erase(wishes_.begin());
  store_.change<bool>(
      [wish, author = store::Author{.name = instance_, .address = ""}](
          store::Connection& connection) -> Result<bool, store::StoreError> {
        if (!wish.open)
          return store::leave_provider_incident(connection, wish.incident.subject,
                                                wish.incident.run, author);
        const auto id = store::raise_incident(connection, wish.incident, author);
        if (!id)
          return Unexpected(id.error());
        return *id > 0;
      },
      nullptr,
      [this, subject, wish,
       alive = std::weak_ptr(alive_)](const Result<bool, store::StoreError>& stored) {
        if (alive.expired())
          return;
        if (!stored)
          wishes_.try_emplace(subject, wish);  // unless there is a newer one
        done(static_cast<bool>(stored));
      });
}

void ProviderIncidents::done(bool ok) {
  busy_ = false;
  if (ok)
    return synchronise();
  later_ = io_.after(kRetry, [this] { synchronise(); });
}

}  // namespace centralita::policy
