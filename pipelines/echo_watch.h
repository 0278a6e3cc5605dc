// Follows the sounds from the caller's side and tells those that are the agent's own voice coming
// back (echo_gate.h), from their onset to the moment when somebody speaks over them.
//
//   watch.sound_begins(onset)     // true: an echo; it is watched from now on
//   watch.sound_ends()            // true: it was an echo to its end
//   watch.was_echo(onset)         // of words that come later: whether they are the agent's
//
// One thread: the call's. Times are the I/O context's.
#pragma once

#include "pipelines/echo_gate.h"
#include "plugins/base/io_context.h"

#include <deque>
#include <functional>

namespace centralita {

class EchoWatch {
 public:
  using Time = EchoGate::Time;
  struct Handlers {
    std::function<void(const EchoGate::Finding&)> on_echo;
    // Somebody speaks over it, since `onset`: the sound is an echo no longer.
    std::function<void(Time onset)> on_speech;
  };

  EchoWatch(IoContext io, const WireFormat& format, bool enabled, Handlers handlers);

  void sent(std::span<const std::uint8_t> frame, Time play_begins);
  void heard(std::span<const std::uint8_t> audio);

  bool is_echo(Time onset) const;  // so far
  bool sound_begins(Time onset);
  bool sound_ends();
  bool was_echo(Time onset) const;
  void stop();

 private:
  void look_again();

  const IoContext io_;
  const bool enabled_;
  const Handlers handlers_;
  EchoGate gate_;
  bool echo_ = false;        // the sound of the moment is one
  int others_ = 0;           // looks in a row that found it to be none
  std::deque<Time> onsets_;  // of the last ones
  Slot timer_;
};

}  // namespace centralita
