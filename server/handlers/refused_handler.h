// GET and POST /api/v1/system/refused-records: what the database would not have.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_refused_handler(Router& router, store::Store& store);

}  // namespace centralita
