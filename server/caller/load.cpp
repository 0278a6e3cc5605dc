#include "server/caller/load.h"

#include <glib-unix.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <map>
#include <sstream>
#include <thread>

namespace centralita::caller {
namespace {

using namespace std::chrono_literals;

// A context as the default of the thread that made this, while it lives.
class DefaultContext {
 public:
  explicit DefaultContext(Ref<GMainContext> context) : context_(std::move(context)) {
    g_main_context_push_thread_default(context_.get());
  }
  ~DefaultContext() { g_main_context_pop_thread_default(context_.get()); }
  DefaultContext(const DefaultContext&) = delete;
  DefaultContext& operator=(const DefaultContext&) = delete;

 private:
  const Ref<GMainContext> context_;
};

Ref<GMainContext> new_context() { return Ref<GMainContext>::adopt(g_main_context_new()); }

// One thread and its share of the calls. `on_report` runs on that thread.
class Worker {
 public:
  Worker(std::shared_ptr<const CallPlan> plan, std::vector<std::chrono::nanoseconds> starts,
         std::function<void(CallReport)> on_report)
      : plan_(std::move(plan)),
        starts_(std::move(starts)),
        on_report_(std::move(on_report)),
        thread_([this] { run(); }) {}
  ~Worker() { thread_.join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void hang_up() {
    hang_up_ = true;
    g_main_context_wakeup(context_.get());
  }

 private:
  void run() {
    const DefaultContext current(context_);
    const IoContext io(context_, IoContext::make_session());
    calls_.resize(starts_.size());
    left_ = starts_.size();
    for (std::size_t i = 0; i < starts_.size(); ++i)
      timers_.push_back(io.after(starts_[i], [this, &io, i] { start(io, i); }));
    while (left_ > 0) {
      if (hang_up_.exchange(false))
        hang_up_all();
      else
        g_main_context_iteration(context_.get(), TRUE);
    }
    timers_.clear();
  }

  void start(const IoContext& io, std::size_t i) {
    calls_[i] = std::make_unique<Caller>(io, plan_, [this, i](CallReport report) {
      on_report_(std::move(report));
      calls_[i].reset();
      --left_;
    });
    calls_[i]->start();
  }

  void hang_up_all() {
    timers_.clear();  // those that have not begun never will
    left_ = 0;
    for (const auto& call : calls_) {
      if (!call)
        continue;
      ++left_;
      call->hang_up();
    }
  }

  const std::shared_ptr<const CallPlan> plan_;
  const std::vector<std::chrono::nanoseconds> starts_;
  const std::function<void(CallReport)> on_report_;
  const Ref<GMainContext> context_ = new_context();
  std::atomic<bool> hang_up_ = false;
  // On the thread only.
  std::vector<Slot> timers_;
  std::vector<std::unique_ptr<Caller>> calls_;
  std::size_t left_ = 0;

  std::thread thread_;  // the last: it uses all the others
};

Slot on_signal(const IoContext& io, int number, GSourceFunc function, gpointer data) {
  const auto source = Ref<GSource>::adopt(g_unix_signal_source_new(number));
  g_source_set_callback(source.get(), function, data, nullptr);
  g_source_attach(source.get(), io.context());
  return Slot([source] { g_source_destroy(source.get()); });
}

// What the thread that waits for the calls sees of them.
struct Watch {
  LoadReport report;
  std::vector<std::unique_ptr<Worker>> workers;
  Slot probe;

  static gboolean interrupt(gpointer data) noexcept {
    auto* watch = static_cast<Watch*>(data);
    if (!watch->report.interrupted)
      for (const auto& worker : watch->workers) worker->hang_up();
    watch->report.interrupted = true;
    return G_SOURCE_CONTINUE;
  }

  void look(const IoContext& io, int pid) {
    if (const auto now = sample_process(pid)) {
      if (!report.during)
        report.during = ProcessSample{};
      report.during->threads = std::max(report.during->threads, now->threads);
      report.during->resident_mb = std::max(report.during->resident_mb, now->resident_mb);
    }
    probe = io.after(1s, [this, &io, pid] { look(io, pid); });
  }
};

void print_line(std::ostream& out, const char* name, const Percentiles& p) {
  out << "  " << name << ": p50 " << p.p50 << " p95 " << p.p95 << " p99 " << p.p99 << " max "
      << p.max << " ms (" << p.count << ")\n";
}

}  // namespace

LoadReport place_calls(std::shared_ptr<const CallPlan> plan, const LoadSettings& settings) {
  const auto context = new_context();
  const DefaultContext current(context);
  const IoContext io(context, IoContext::make_session());
  Watch watch;
  auto& report = watch.report;
  const Slot interrupted = on_signal(io, SIGINT, Watch::interrupt, &watch);
  const Slot terminated = on_signal(io, SIGTERM, Watch::interrupt, &watch);
  if (settings.server_pid > 0) {
    report.before = sample_process(settings.server_pid);
    watch.look(io, settings.server_pid);
  }

  const auto own_before = sample_self();
  const auto began = io.now();
  const auto threads = std::min(settings.threads, settings.calls);
  std::vector<std::vector<std::chrono::nanoseconds>> starts(static_cast<std::size_t>(threads));
  for (int i = 0; i < settings.calls; ++i)
    starts[static_cast<std::size_t>(i % threads)].push_back(
        std::chrono::nanoseconds(settings.ramp) * i / settings.calls);
  for (auto& share : starts)
    watch.workers.push_back(
        std::make_unique<Worker>(plan, std::move(share), [&io, &report](CallReport call) {
          auto shared = std::make_shared<CallReport>(std::move(call));
          io.post([&report, shared] { report.calls.push_back(std::move(*shared)); });
        }));
  const auto wanted = static_cast<std::size_t>(settings.calls);
  while (report.calls.size() < wanted && !report.interrupted)
    g_main_context_iteration(io.context(), TRUE);
  watch.workers.clear();  // joins; after an interruption that takes as long as the hanging up
  while (g_main_context_iteration(io.context(), FALSE)) {
  }
  report.took_seconds = std::chrono::duration<double>(io.now() - began).count();
  report.own_cpu_seconds = sample_self().cpu_seconds - own_before.cpu_seconds;
  if (settings.server_pid > 0)
    report.after = sample_process(settings.server_pid);
  watch.probe.reset();
  return std::move(watch.report);
}

std::string to_text(const LoadReport& report) {
  std::map<std::string, int> failures;
  std::vector<float> response, heard, lateness, gaps;
  double call_seconds = 0, underrun_ms = 0, worst_tick_ms = 0;
  int answered = 0, unanswered_turns = 0;
  std::uint64_t violations = 0;
  for (const auto& call : report.calls) {
    answered += call.answered;
    if (!call.ok())
      ++failures[call.failure_kind];
    call_seconds += call.duration_ms / 1000;
    underrun_ms += static_cast<double>(call.underrun_ticks) * 20;
    worst_tick_ms = std::max(worst_tick_ms, call.worst_tick_ms);
    violations += call.violation_count;
    for (const auto& turn : call.turns) {
      if (!turn.caller)
        continue;
      unanswered_turns += !turn.first_voiced_ms;
      if (turn.response_ms)
        response.push_back(static_cast<float>(*turn.response_ms));
      if (turn.heard_response_ms)
        heard.push_back(static_cast<float>(*turn.heard_response_ms));
    }
    lateness.insert(lateness.end(), call.lateness_ms.begin(), call.lateness_ms.end());
    gaps.insert(gaps.end(), call.gaps_ms.begin(), call.gaps_ms.end());
  }
  std::ostringstream out;
  out.setf(std::ios::fixed);
  out.precision(1);
  out << "totals of " << report.calls.size() << " calls in " << report.took_seconds << " s\n";
  out << "  answered " << answered << ", failed "
      << std::count_if(report.calls.begin(), report.calls.end(),
                       [](const auto& call) { return !call.ok(); });
  for (const auto& [kind, count] : failures) out << ", " << kind << " " << count;
  out << "; turns without a reply " << unanswered_turns << "; protocol violations " << violations
      << "\n";
  print_line(out, "response time", percentiles(response));
  print_line(out, "response time as heard", percentiles(heard));
  print_line(out, "agent's frames, lateness", percentiles(lateness));
  print_line(out, "agent's frames, gaps", percentiles(gaps));
  out << "  holes in the agent's speech " << underrun_ms << " ms; this telephone at its worst "
      << worst_tick_ms << " ms late\n";
  out.precision(2);
  out << "  own CPU " << report.own_cpu_seconds << " s, "
      << (call_seconds > 0 ? report.own_cpu_seconds * 1000 / call_seconds : 0.0)
      << " ms a call-second\n";
  if (report.before && report.after) {
    const auto cpu = report.after->cpu_seconds - report.before->cpu_seconds;
    const auto& during = report.during ? *report.during : *report.before;
    out << "  server: threads " << report.before->threads << " before, " << during.threads
        << " at most, " << report.after->threads << " after; memory " << report.before->resident_mb
        << ", " << during.resident_mb << ", " << report.after->resident_mb << " MB; CPU " << cpu
        << " s, " << (call_seconds > 0 ? cpu * 1000 / call_seconds : 0.0) << " ms a call-second\n";
  }
  return out.str();
}

}  // namespace centralita::caller
