// How the server itself does, as numbers: its database and journal, and what decides whether new
// calls are taken.
#pragma once

#include "server/metrics/metrics.h"
#include "server/policy/call_policy.h"
#include "server/store/store.h"

namespace centralita::metrics {

// Asked at each reading, on the main thread; both outlive the registry.
void add_store_metrics(Registry& registry, const store::Store& store);
void add_policy_metrics(Registry& registry, policy::CallPolicy& policy);

}  // namespace centralita::metrics
