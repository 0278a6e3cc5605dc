// /api/v1/audit-log: who changed what, and when.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_audit_handler(Router& router, store::Store& store);

}  // namespace centralita
