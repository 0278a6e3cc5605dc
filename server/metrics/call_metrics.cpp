#include "server/metrics/call_metrics.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace centralita::metrics {
namespace {

constexpr const char* kClientTypes[] = {"browser", "twilio", "telnyx", "other"};
constexpr const char* kStatuses[] = {"completed", "failed",   "voicemail", "busy",
                                     "no-answer", "canceled", "refused",   "other"};

std::vector<double> turn_bounds() {
  return {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10};
}

template <std::size_t N>
std::string one_of(const char* const (&known)[N], const std::string& value) {
  for (const char* each : known)
    if (value == each)
      return value;
  return "other";
}

double seconds(int ms) { return ms / 1000.0; }

}  // namespace

CallMetrics::CallMetrics(Registry& registry)
    : active_(registry.gauge("voice_active_calls", "Calls that are going on")),
      user_turns_(registry.counter("voice_turns_total", "Finished turns", {{"role", "user"}})),
      agent_turns_(
          registry.counter("voice_turns_total", "Finished turns", {{"role", "assistant"}})),
      interrupted_(registry.counter("voice_turns_interrupted_total",
                                    "Turns of the agent's that the caller cut short")),
      barge_ins_(registry.counter("voice_barge_ins_total", "Times the caller took the word")),
      provider_failures_(registry.counter("voice_provider_failed_calls_total",
                                          "Calls that ended because a provider failed")),
      response_(registry.histogram("voice_response_seconds",
                                   "The caller's last voiced sample to the agent's first one",
                                   turn_bounds())),
      duration_(registry.histogram("voice_call_duration_seconds", "Length of ended calls",
                                   {5, 15, 30, 60, 120, 180, 300, 600, 1200, 3600})) {
  for (const char* part : {"endpointing", "stt", "llm_first_token", "llm_first_clause",
                           "tts_first_byte", "queue", "heard"})
    parts_[part] =
        &registry.histogram("voice_response_part_seconds",
                            "Where the response time went; of stt, llm and tts the latency of the "
                            "provider",
                            turn_bounds(), {{"part", part}});
  for (const char* type : kClientTypes)
    for (const char* status : kStatuses)
      ended_[{type, status}] = &registry.counter("voice_calls_total", "Ended calls",
                                                 {{"client_type", type}, {"status", status}});
}

void CallMetrics::call_started(const CallStarted& call) {
  const bool fresh =
      live_.lock()
          ->emplace(call.session_id, Live{one_of(kClientTypes, call.client_type), call.start_time})
          .second;
  if (fresh)
    active_.add(1);
}

void CallMetrics::turn_finished(const TurnFinished& turn) {
  if (turn.role == Role::kCaller)
    return user_turns_.add();
  agent_turns_.add();
  if (turn.interrupted)
    interrupted_.add();
  const auto& timings = turn.timings;
  if (timings.response)
    response_.observe(seconds(*timings.response));
  const std::pair<const char*, const std::optional<int>&> parts[] = {
      {"endpointing", timings.endpointing},
      {"stt", timings.stt},
      {"llm_first_token", timings.llm_first_token},
      {"llm_first_clause", timings.llm_first_clause},
      {"tts_first_byte", timings.tts_first_byte},
      {"queue", timings.queue},
      {"heard", timings.heard}};
  for (const auto& [name, ms] : parts)
    if (ms)
      parts_.at(name)->observe(seconds(*ms));
}

void CallMetrics::call_ended(const CallEnded& end) {
  auto node = live_.lock()->extract(end.session_id);
  if (node) {
    active_.add(-1);
    duration_.observe(std::chrono::duration<double>(end.end_time - node.mapped().start).count());
  }
  const auto type = node ? node.mapped().client_type : std::string("other");
  ended_.at({type, one_of(kStatuses, end.status)})->add();
  if (end.end_cause == "provider-failed")
    provider_failures_.add();
}

void CallMetrics::call_event(const CallEvent& event) {
  if (event.name == "barge-in")
    barge_ins_.add();
}

void add_process_metrics(Registry& registry) {
  const auto started =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  registry.on_scrape([started](Scrape& scrape) {
    scrape.gauge("centralita_info", "The program's version", {{"version", CENTRALITA_VERSION}}, 1);
    scrape.gauge("process_start_time_seconds", "Start of the process, since 1970", {}, started);
    std::ifstream memory("/proc/self/statm");
    std::uint64_t total = 0, resident = 0;
    if (memory >> total >> resident) {
      const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
      scrape.gauge("process_virtual_memory_bytes", "Virtual memory", {},
                   static_cast<double>(total) * page);
      scrape.gauge("process_resident_memory_bytes", "Resident memory", {},
                   static_cast<double>(resident) * page);
    }
    std::error_code error;
    const auto count = [&](const char* folder) {
      return static_cast<double>(std::distance(std::filesystem::directory_iterator(folder, error),
                                               std::filesystem::directory_iterator{}));
    };
    scrape.gauge("process_open_fds", "Open descriptors", {}, count("/proc/self/fd"));
    scrape.gauge("process_threads", "Threads", {}, count("/proc/self/task"));
    // The name in parentheses may hold blanks; after it come the numbers, user time the twelfth.
    std::ifstream file("/proc/self/stat");
    std::string line;
    if (std::getline(file, line) && line.rfind(')') != line.npos) {
      std::istringstream numbers(line.substr(line.rfind(')') + 2));
      std::string word;
      double user = 0, system = 0;
      for (int i = 0; i < 11; ++i) numbers >> word;
      if (numbers >> user >> system)
        scrape.counter("process_cpu_seconds_total", "CPU time", {},
                       (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)));
    }
  });
}

}  // namespace centralita::metrics
