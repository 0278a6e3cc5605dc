// `centralita serve`: the server as a program.
#pragma once

#include <span>

namespace centralita {

// args[0] is the sub-command's name. Returns the exit code: 0 after a signal, 2 for wrong settings,
// 1 for anything else that keeps it from serving.
int serve_main(std::span<char*> args);

}  // namespace centralita
