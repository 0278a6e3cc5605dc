// GET /api/v1/retention: for how long calls are kept, and how many will be deleted on which day.
#pragma once

#include "server/handlers/call_json.h"
#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_retention_handler(Router& router, store::Store& store, const KeptFor& kept);

}  // namespace centralita
