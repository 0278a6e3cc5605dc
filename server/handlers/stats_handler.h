// GET /api/v1/stats: figures of the calls, for the overview.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_stats_handler(Router& router, store::Store& store);

}  // namespace centralita
