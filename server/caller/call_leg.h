// CallLeg is one stream of one call: the WebSocket, a frame out every 20 ms on absolute deadlines,
// the playout of what comes in, the script. It fills in a report and is done.
//
// Everything happens on the thread of `io`; `timers` carry the frames' pace, so that a test can
// move it by hand. `done` is called once, from the loop and never from start() or hang_up(), and
// may destroy the leg. Destroying the leg before that closes the connection and `done` is not
// called.
#pragma once

#include "plugins/base/io_context.h"
#include "server/caller/playout.h"
#include "server/caller/report.h"
#include "server/caller/script_player.h"
#include "server/caller/wire.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace centralita::caller {

struct LegSettings {
  std::string url;  // ws:// or wss://
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds answer_timeout{10000};  // of the WebSocket's opening
  std::chrono::milliseconds max_duration{600000};   // of the call
  bool keep_audio = true;
  double speed =
      1;  // of the call's time against the timers': 4 plays a call in a quarter of its time
};

class CallLeg {
 public:
  CallLeg(IoContext io, std::shared_ptr<TimerQueue> timers, LegSettings settings,
          std::unique_ptr<Wire> wire, ScriptPlayer player, CallReport report,
          std::function<void(CallReport)> done);
  ~CallLeg();
  CallLeg(const CallLeg&) = delete;
  CallLeg& operator=(const CallLeg&) = delete;

  void start();
  void hang_up();  // as the last step of the script

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace centralita::caller
