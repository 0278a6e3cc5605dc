// The state of the whole: the global stop, errors, room for calls, the providers' breakers,
// incidents.
#pragma once

#include "server/policy/call_policy.h"
#include "server/router.h"

namespace centralita {

void add_system_handler(Router& router, policy::CallPolicy& policy, store::Store& store);

}  // namespace centralita
