// One HTTP request and its answer, whole or streamed, with what is to go wrong in it.
//
// Belongs to the main context's thread. It lives until the answer is finished or the client has
// gone, or until nobody holds it; what is written after that is dropped.
#pragma once

#include "plugins/base/slot.h"
#include "plugins/base/soup_ref.h"
#include "plugins/base/timer_queue.h"
#include "server/sandbox/faults.h"

#include <memory>
#include <utility>
#include <vector>

namespace centralita::sandbox {

using Headers = std::vector<std::pair<std::string, std::string>>;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  static std::shared_ptr<Exchange> begin(Ref<SoupServerMessage> message,
                                         std::shared_ptr<TimerQueue> timers);

  SoupServerMessage* message() const { return message_.get(); }
  std::string header(const char* name) const;  // of the request; "" when absent
  std::string_view body() const;               // of the request
  Clock::TimePoint begun() const { return begun_; }

  void set_fault(const Fault& fault) { fault_ = fault; }
  const Fault& fault() const { return fault_; }
  // The answer's first byte is held back until this long after the request.
  void set_least_latency(std::chrono::milliseconds latency) { least_latency_ = latency; }

  // The whole answer. Faults of the body (cut, stall, malformed, wrong-audio) are applied here.
  void answer(int status, std::string content_type, std::string body, Headers headers = {});

  // An answer in pieces: begin_stream(), write()..., end().
  void begin_stream(std::string content_type, Headers headers = {});
  void write(std::string bytes);
  void end();
  // Closes the connection when what was written has been sent.
  void cut_connection();

  bool gone() const { return gone_; }
  std::function<void()> on_gone;  // the client closed, or the answer is finished

  Slot after(std::chrono::nanoseconds delay, std::function<void()> run) {
    return timers_->after(delay, std::move(run));
  }

 private:
  Exchange(Ref<SoupServerMessage> message, std::shared_ptr<TimerQueue> timers);
  void connect();
  void start(std::function<void()> send);  // now, or when the fault and the latency allow
  void deliver(const std::string& bytes);
  void complete();
  void leave();

  Ref<SoupServerMessage> message_;
  std::shared_ptr<TimerQueue> timers_;
  Clock::TimePoint begun_;
  Fault fault_;
  std::chrono::milliseconds least_latency_{0};
  std::vector<Slot> signals_;
  Slot timer_;
  std::shared_ptr<Exchange> self_;    // from the request until the client has its answer or is gone
  std::vector<std::string> waiting_;  // written while nothing may be sent
  bool held_back_ = false;
  bool ended_ = false;
  bool cut_ = false;
  bool gone_ = false;
  int writes_ = 0;
  int unsent_ = 0;  // pieces handed to libsoup and not yet on the wire
};

}  // namespace centralita::sandbox
