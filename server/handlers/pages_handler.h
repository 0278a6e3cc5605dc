// The dashboard's files (web/dist), its login, and the way from / to it.
#pragma once

#include "server/router.h"

#include <string>

namespace centralita {

// The files are read once, here; with none the pages say how to build them.
void add_pages_handler(Router& router, Authenticator& auth, const std::string& web_dir);

}  // namespace centralita
