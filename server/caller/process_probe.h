// What /proc says of a process: how many threads it has, its memory, the CPU time it has used.
#pragma once

#include <optional>

namespace centralita::caller {

struct ProcessSample {
  int threads = 0;
  double resident_mb = 0;
  double cpu_seconds = 0;  // user and system, since it began
};

// Empty when there is no such process.
std::optional<ProcessSample> sample_process(int pid);

// The same of this process.
ProcessSample sample_self();

}  // namespace centralita::caller
