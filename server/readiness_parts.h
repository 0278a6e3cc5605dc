// The parts that decide whether a server can take calls: its database, its journal, its policy and
// its agents.
#pragma once

#include "server/policy/call_policy.h"
#include "server/readiness.h"
#include "server/store/store.h"

namespace centralita {

// Both are asked at each question, and outlive `readiness`. Main thread.
void add_readiness_parts(Readiness& readiness, const store::Store& store,
                         policy::CallPolicy& policy);

}  // namespace centralita
