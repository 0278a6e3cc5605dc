// GET /api/v1/calls?limit=&cursor= and GET /api/v1/calls/{id}: the history.
#pragma once

#include "server/handlers/call_json.h"
#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_calls_handler(Router& router, store::Store& store, const KeptFor& kept);

}  // namespace centralita
