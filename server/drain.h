// Stops a server without cutting anybody off: waits until the last call has ended; those that last
// longer than the limit hear the apology, and what is left after that is not waited for.
//
// Main thread.
#pragma once

#include "plugins/base/io_context.h"

#include <chrono>
#include <functional>

namespace centralita {

class Drain {
 public:
  struct Surroundings {
    std::function<bool()> idle;       // no call is left
    std::function<void()> apologise;  // ends those that are
  };
  // `limit` zero: nobody is waited for, nor apologised to.
  Drain(IoContext io, std::chrono::seconds limit, Surroundings around)
      : io_(std::move(io)), limit_(limit), around_(std::move(around)) {}

  // Once. `done` is called at once when there is nothing to wait for.
  void begin(std::function<void()> done);

 private:
  void watch();

  const IoContext io_;
  const std::chrono::seconds limit_;
  const Surroundings around_;
  std::function<void()> done_;
  Clock::TimePoint until_{};
  bool apologised_ = false;
  Slot timer_;
};

}  // namespace centralita
