#include "server/caller/process_probe.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace centralita::caller {

std::optional<ProcessSample> sample_process(int pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream stat_file(folder + "/stat");
  std::string stat;
  if (!std::getline(stat_file, stat))
    return std::nullopt;
  // The name, field 2, is in brackets and may hold anything: what follows begins with field 3.
  const auto bracket = stat.rfind(')');
  if (bracket == std::string::npos)
    return std::nullopt;
  std::istringstream fields(stat.substr(bracket + 1));
  ProcessSample sample;
  std::string field;
  const double ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const double mb_per_page = static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024 * 1024);
  for (int number = 3; number <= 24 && fields >> field; ++number) {
    if (number == 14 || number == 15)
      sample.cpu_seconds += std::stod(field) / ticks_per_second;
    else if (number == 20)
      sample.threads = std::stoi(field);
    else if (number == 24)
      sample.resident_mb = std::stod(field) * mb_per_page;
  }
  return sample;
}

ProcessSample sample_self() { return sample_process(getpid()).value_or(ProcessSample{}); }

}  // namespace centralita::caller
