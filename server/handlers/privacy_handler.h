// POST /api/v1/privacy/erase: what one caller wants to be forgotten.
#pragma once

#include "server/privacy/caretaker.h"
#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_privacy_handler(Router& router, store::Store& store, Caretaker& caretaker);

}  // namespace centralita
