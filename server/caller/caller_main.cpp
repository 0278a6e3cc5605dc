#include "server/caller/caller.h"
#include "server/caller/load.h"
#include "server/caller/options.h"
#include "server/caller/wav_file.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>

namespace centralita {
namespace {

using caller::CallReport;
using caller::LoadReport;
using caller::Options;

constexpr int kOk = 0, kFailed = 1, kUsage = 2, kInterrupted = 130;

std::string timeline_json(const LoadReport& load) {
  if (load.calls.size() == 1)
    return caller::to_json(load.calls[0]);
  std::string text = R"({"calls":[)";
  for (const auto& call : load.calls) {
    if (&call != &load.calls.front())
      text += ",\n";
    text += caller::to_json(call);
  }
  return text + "]}";
}

// Empty when all that was to be kept is kept, else a sentence.
std::string keep(const Options& options, const LoadReport& load) {
  if (!options.timeline_path.empty()) {
    std::ofstream file(options.timeline_path);
    file << timeline_json(load) << "\n";
    file.close();
    if (!file)
      return "cannot write " + options.timeline_path;
  }
  if (load.calls.size() != 1)
    return {};
  const CallReport& call = load.calls[0];
  std::string error;
  if (!options.heard_path.empty())
    error = caller::write_wav(options.heard_path, call.heard, call.rate_hz, 1);
  if (error.empty() && !options.both_path.empty())
    error = caller::write_wav(options.both_path, caller::interleave(call.said, call.heard),
                              call.rate_hz, 2);
  return error;
}

void print(const Options& options, const LoadReport& load) {
  if (!options.quiet && options.calls == 1)
    for (const auto& call : load.calls) std::cout << caller::to_text(call);
  std::map<std::string, int> failures;
  for (const auto& call : load.calls)
    if (!call.ok())
      ++failures[call.failure];
  for (const auto& [failure, count] : failures)
    std::cerr << "caller: " << failure
              << (count > 1 ? " (" + std::to_string(count) + " calls)" : "") << "\n";
  const bool totals = options.calls > 1 || options.server_pid > 0;
  if (!options.quiet && totals)
    std::cout << caller::to_text(load);
}

// How long the script speaks and is silent before it waits for anybody: what a machine says when it
// has picked up.
double greeting_seconds(const caller::CallPlan& plan) {
  using Kind = caller::Step::Kind;
  double seconds = 0;
  for (const auto& step : plan.script.steps) {
    if (step.kind == Kind::kSay)
      seconds += static_cast<double>(plan.clips.at(step.file)->samples.size()) / plan.rate_hz();
    else if (step.kind == Kind::kWait || step.kind == Kind::kSilence)
      seconds += std::chrono::duration<double>(step.time).count();
    else
      break;
  }
  return seconds;
}

int carrier_main(Options options) {
  using caller::CarrierOutcome;
  if (options.carrier.print_environment) {
    std::cout << caller::carrier_environment(options.carrier);
    return kOk;
  }
  if (const auto error = caller::load_more_clips(options.plan, {8000, 16000}); !error.empty()) {
    std::cerr << "caller: " << error << "\n";
    return kUsage;
  }
  auto& callee = options.carrier.callee;
  callee.greeting_seconds = greeting_seconds(options.plan);
  callee.detection_seconds = std::min(1.5, std::max(0.5, callee.greeting_seconds));
  const auto plan = std::make_shared<const caller::CallPlan>(options.plan);
  const CarrierOutcome outcome = caller::place_carrier_call(options.carrier, plan, options.quiet);
  if (!options.quiet && !outcome.call.id.empty())
    std::cout << caller::to_text(outcome.call);
  LoadReport load;
  load.calls.push_back(outcome.call.report);
  if (!options.timeline_path.empty()) {
    std::ofstream(options.timeline_path) << caller::to_json(outcome.call) << "\n";
    options.timeline_path.clear();
  }
  auto error = outcome.call.streamed ? keep(options, load) : std::string();
  if (!outcome.failure.empty())
    std::cerr << "caller: " << outcome.failure << "\n";
  if (!error.empty())
    std::cerr << "caller: " << error << "\n";
  if (outcome.interrupted)
    return kInterrupted;
  return outcome.failure.empty() && error.empty() ? kOk : kFailed;
}

}  // namespace

int caller_main(std::span<char*> args) {
  auto options = caller::parse_options(args);
  if (!options) {
    std::cerr << "caller: " << options.error() << "\n";
    return kUsage;
  }
  if (options->help) {
    std::cout << caller::help_text();
    return kOk;
  }
  gst_init(nullptr, nullptr);
  if (const auto error = caller::load_clips(options->plan); !error.empty()) {
    std::cerr << "caller: " << error << "\n";
    return kUsage;
  }
  if (!options->carrier.name.empty())
    return carrier_main(std::move(*options));
  const auto plan = std::make_shared<const caller::CallPlan>(options->plan);
  const auto load = caller::place_calls(plan, {.calls = options->calls,
                                               .threads = options->threads,
                                               .ramp = options->ramp,
                                               .server_pid = options->server_pid});
  print(*options, load);
  if (const auto error = keep(*options, load); !error.empty()) {
    std::cerr << "caller: " << error << "\n";
    return kFailed;
  }
  if (load.interrupted)
    return kInterrupted;
  for (const auto& call : load.calls)
    if (!call.ok())
      return kFailed;
  return kOk;
}

}  // namespace centralita
