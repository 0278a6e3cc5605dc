// IoContext is where an element does its network work: a GMainContext that somebody runs, the
// SoupSession that belongs to it, and its timers.
//
// An application offers its own with a GstContext of type "centralita.io-context" (the server gives
// each pipeline its shard's); with none offered, every element of the process shares one I/O thread
// that is started on first use.
//
//   io.run([=] { ... });             // any thread: at once when this is its thread, else queued
//   io.run_and_wait([&] { ... });    // any thread: returns when it has run; for state changes
//   Slot timer = io.after(3s, ...);  // its thread only
//
// Functions given to run() must not block: other calls share the thread.
#pragma once

#include "plugins/base/soup_ref.h"
#include "plugins/base/timer_queue.h"

#include <optional>
#include <string>

namespace centralita {

inline constexpr char kIoContextType[] = "centralita.io-context";

class IoContext {
 public:
  // `context` must be run by one thread, with itself as that thread's default; the session must
  // have been made there (libsoup 3.2 sessions belong to a thread). See make_session().
  IoContext(Ref<GMainContext> context, Ref<SoupSession> session);

  // The process's own I/O thread.
  static IoContext shared();

  // A session fit for many calls: no limit of two connections a host, no decompression of streams,
  // kept-alive connections dropped after a minute.
  static Ref<SoupSession> make_session();

  // The same context, for the work of one trace: each HttpStream on it carries a `traceparent`
  // and, where there is one, the `tracestate` (plugins/base/trace_context.h).
  IoContext traced(std::string trace_id, std::string tracestate = "") const;
  const std::string& trace_id() const { return trace_id_; }  // empty: of none
  const std::string& tracestate() const { return tracestate_; }

  static std::optional<IoContext> from_gst(GstContext* context);
  Ref<GstContext> to_gst() const;

  bool is_current() const { return g_main_context_is_owner(context_.get()); }
  void run(std::function<void()> function) const;
  void post(std::function<void()> function) const;  // always queued, also from its own thread
  // Queued in front of what the context's sockets have to say, for what was known before they said
  // it: a thread that comes late finds both waiting.
  void post_ahead(std::function<void()> function) const;
  void run_and_wait(const std::function<void()>& function) const;

  Slot after(std::chrono::nanoseconds delay, std::function<void()> run) const {
    return timers_->after(delay, std::move(run));
  }
  Clock::TimePoint now() const { return timers_->now(); }
  std::chrono::system_clock::time_point wall() const { return timers_->wall(); }

  GMainContext* context() const { return context_.get(); }
  SoupSession* session() const { return session_.get(); }
  const std::shared_ptr<TimerQueue>& timers() const { return timers_; }

 private:
  void queue(std::function<void()> function, int priority) const;

  Ref<GMainContext> context_;
  Ref<SoupSession> session_;
  std::shared_ptr<TimerQueue> timers_;
  std::string trace_id_, tracestate_;
};

// How an element comes by its IoContext. The element forwards its set_context vfunc to offer() and
// calls find() when it goes to PAUSED.
class IoBinding {
 public:
  void offer(GstContext* context);  // any thread
  // What was offered; else what the application answers to a NEED_CONTEXT message; else the shared
  // thread. `offered()` then says which.
  IoContext find(GstElement* element);
  bool offered() const { return offered_.has_value(); }

 private:
  std::optional<IoContext> offered_;
};

}  // namespace centralita
