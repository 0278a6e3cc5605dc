// POST /api/v1/calls/{id}/extract: reads a conversation that is over (again).
#pragma once

#include "server/router.h"
#include "server/store/store.h"

#include <functional>

namespace centralita {

// `asked`: there is something to do.
void add_extraction_handler(Router& router, store::Store& store, std::function<void()> asked);

}  // namespace centralita
