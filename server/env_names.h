// The names of the environment's variables, as docs/env.md has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace centralita {

const std::vector<std::string_view>& documented_variables();

// A sentence each of names that begin with CENTRALITA_ and are no variable of ours, with the
// nearest right name where there is one near, and of the predecessor's, with what to use instead.
std::vector<std::string> warnings_about(const std::vector<std::string>& names);

// The process's own.
std::vector<std::string> environment_names();

}  // namespace centralita
