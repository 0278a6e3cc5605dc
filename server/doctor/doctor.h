// `centralita doctor`: is everything there that a telephone call needs? Each check says in a plain
// sentence what is wrong and what to do; no secret is ever printed.
#pragma once

#include <span>

namespace centralita {

// args[0] is the sub-command's name. Returns 0 when nothing is wrong, 1 when something is, 2 for a
// wrong command line.
int doctor_main(std::span<char*> args);

}  // namespace centralita
