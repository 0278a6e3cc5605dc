// POST /ws/simulator/v2/start: a browser announces a call; the answer holds the one-time client_id
// with which its stream is opened, and what the page shows before the call.
#pragma once

#include "plugins/base/io_context.h"
#include "server/policy/call_policy.h"
#include "server/router.h"
#include "server/settings.h"
#include "server/store/store.h"
#include "server/stream_grants.h"

namespace centralita {

void add_simulator_handler(Router& router, const Settings& settings, const IoContext& io,
                           StreamGrants& grants, store::Store& store, policy::CallPolicy& policy);

}  // namespace centralita
