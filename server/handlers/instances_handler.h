// GET /api/v1/instances: the servers that share the database.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_instances_handler(Router& router, store::Store& store);

}  // namespace centralita
