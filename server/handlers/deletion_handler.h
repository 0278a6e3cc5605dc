// Calls are deleted, one or many, and brought back.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_deletion_handler(Router& router, store::Store& store);

}  // namespace centralita
