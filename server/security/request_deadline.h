// A request that does not arrive whole within its time is cut off, so that a client who sends a
// byte now and then holds no connection for ever, and neither does one who is connected and says
// nothing. A connection that has become a WebSocket is none of this's. Main thread.
#pragma once

#include "plugins/base/soup_ref.h"

#include <chrono>
#include <map>
#include <memory>

namespace centralita {

class RequestDeadline {
 public:
  // Looks every quarter of `limit`.
  RequestDeadline(SoupServer* server, std::chrono::milliseconds limit);
  ~RequestDeadline();
  RequestDeadline(const RequestDeadline&) = delete;
  RequestDeadline& operator=(const RequestDeadline&) = delete;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace centralita
