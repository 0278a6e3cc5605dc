// GET /health: the process is alive. GET /ready: it can take calls, or which part says no.
// GET /metrics: figures for Prometheus. PUT /api/v1/system/log-level.
#pragma once

#include "server/metrics/metrics.h"
#include "server/readiness.h"
#include "server/router.h"
#include "server/store/store.h"

#include <functional>

namespace centralita {

// `draining`: the process takes no new calls because it is about to end.
void add_health_handler(Router& router, const Readiness& readiness, std::function<bool()> draining);
void add_metrics_handler(Router& router, const metrics::Registry& registry);
void add_log_level_handler(Router& router, store::Store& store);

}  // namespace centralita
