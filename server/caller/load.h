// Many calls at once, carried by a few threads.
#pragma once

#include "server/caller/caller.h"
#include "server/caller/process_probe.h"

#include <string>
#include <vector>

namespace centralita::caller {

struct LoadSettings {
  int calls = 1;
  int threads = 1;
  std::chrono::milliseconds ramp{0};  // the calls begin evenly spread over it
  int server_pid = 0;                 // 0: not watched
};

struct LoadReport {
  std::vector<CallReport> calls;  // in the order in which they ended
  bool interrupted = false;       // by SIGINT or SIGTERM: the calls under way were hung up
  double took_seconds = 0;
  double own_cpu_seconds = 0;
  // The server's process; `during` is its greatest number of threads and memory, looked at each
  // second.
  std::optional<ProcessSample> before, during, after;
};

// Blocks until every call has ended. Handles SIGINT and SIGTERM meanwhile.
LoadReport place_calls(std::shared_ptr<const CallPlan> plan, const LoadSettings& settings);

std::string to_text(const LoadReport& report);

}  // namespace centralita::caller
