// How the services do that calls depend on, as numbers: requests, errors, latency, breakers.
#pragma once

#include "plugins/base/provider_health.h"
#include "server/metrics/metrics.h"

namespace centralita::metrics {

// Asked of `health`, which outlives the registry, at each reading.
void add_provider_metrics(Registry& registry, ProviderHealth& health);

}  // namespace centralita::metrics
