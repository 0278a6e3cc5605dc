#include "server/metrics/provider_metrics.h"

namespace centralita::metrics {
namespace {

// Higher is worse, so that a maximum over services says the worst.
double value_of(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return 0;
    case CircuitBreaker::State::kHalfOpen:
      return 1;
    case CircuitBreaker::State::kOpen:
      return 2;
  }
  return 0;
}

void add(Scrape& scrape, const ProviderHealth::Status& service) {
  const Labels labels{{"provider", service.provider},
                      {"operation", service.operation},
                      {"endpoint", service.endpoint}};
  scrape.counter("voice_provider_requests_total", "Requests to a service, repetitions included",
                 labels, static_cast<double>(service.requests));
  scrape.counter("voice_provider_not_sent_total",
                 "Requests that were not sent because the breaker was open", labels,
                 static_cast<double>(service.refused));
  scrape.counter("voice_provider_hedged_total",
                 "Requests that were sent a second time because they were late", labels,
                 static_cast<double>(service.hedged));
  for (const auto& [code, count] : service.errors) {
    auto with_code = labels;
    with_code.emplace_back("code", code);
    scrape.counter("voice_provider_errors_total", "Requests that failed, by what happened",
                   with_code, static_cast<double>(count));
  }
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i <= Latencies::kBounds.size(); ++i)
    counts.push_back(service.latencies.count(i));
  scrape.histogram("voice_provider_latency_seconds",
                   "From a request to the first byte of its successful answer", labels,
                   Latencies::kBounds, counts, service.latencies.sum());
  scrape.gauge("voice_provider_breaker_state", "0: closed, 1: half-open, 2: open", labels,
               value_of(service.state));
}

}  // namespace

void add_provider_metrics(Registry& registry, ProviderHealth& health) {
  registry.on_scrape([&health](Scrape& scrape) {
    for (const auto& service : health.status()) add(scrape, service);
  });
}

}  // namespace centralita::metrics
