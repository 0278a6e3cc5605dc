// Who may use the dashboard and the API: GET /api/v1/session and the own password; users and API
// keys for administrators.
#pragma once

#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_accounts_handler(Router& router, Authenticator& authenticator, store::Store& store);

}  // namespace centralita
