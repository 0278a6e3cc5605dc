// /api/v1/numbers: which agent answers which telephone number. The others are the default agent's.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_numbers_handler(Router& router, store::Store& store);

}  // namespace centralita
