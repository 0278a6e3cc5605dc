// /api/v1/agents: the agents, their history, and what a call of theirs would be told.
//
// A change carries the version it was made from, in If-Match (412 when it is another by now) or as
// the body's "version" (409); with neither, the last one wins. Every answer with an agent has its
// version as ETag.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_agents_handler(Router& router, store::Store& store);

}  // namespace centralita
