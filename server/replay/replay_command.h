// centralita replay: a recorded call again, with other settings.
#pragma once

#include <span>

namespace centralita {

int replay_main(std::span<char*> args);

}  // namespace centralita
