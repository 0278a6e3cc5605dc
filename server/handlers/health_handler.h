// GET /health: the process is alive. GET /ready: it can take calls, or which part says no.
#pragma once

#include "server/policy/call_policy.h"
#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_health_handler(Router& router, store::Store& store, policy::CallPolicy& policy);

}  // namespace centralita
