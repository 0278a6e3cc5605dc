// centralita schema agent|openapi: what describes the API, without a server or a database; for
// whatever is generated from it.
#pragma once

#include <span>

namespace centralita {

int schema_main(std::span<char*> args);

}  // namespace centralita
