// How far the far end of a media stream is behind with taking what it is sent. A carrier that does
// not read fills the kernel's buffers and then this process's memory, and the caller hears nothing
// of it: neither may go on.
#pragma once

#include "plugins/base/ref.h"
#include "plugins/base/timer_queue.h"

#include <gio/gio.h>

#include <cstdint>
#include <deque>
#include <optional>

namespace centralita {

// Pure. One thread.
class SendBacklog {
 public:
  void sent(std::size_t bytes) { sent_ += bytes; }

  // For how long at least the oldest byte has waited that the far end's machine does not have yet.
  // `acknowledged`: bytes that it has, of those that were sent. Asked now and then: as finely as
  // it is asked it is known.
  std::chrono::nanoseconds age(Clock::TimePoint now, std::uint64_t acknowledged);

 private:
  struct Mark {
    Clock::TimePoint at;
    std::uint64_t sent;  // by then
  };
  std::uint64_t sent_ = 0;
  std::deque<Mark> marks_;
};

// The socket under a connection that upgrade_to_websocket() gave, or a GSocketConnection; nullptr:
// none is known.
GSocket* socket_under(GIOStream* stream);
void note_socket_under(GIOStream* stream, GSocket* socket);

// Bytes on that socket that the other side's machine has acknowledged since it was opened (Linux'
// TCP_INFO); empty where that is not known.
std::optional<std::uint64_t> acknowledged_bytes(GSocket* socket);

}  // namespace centralita
