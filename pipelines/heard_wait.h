// Waits until the agent's words so far have been heard, or it has lasted too long.
#pragma once

#include "plugins/base/io_context.h"

#include <chrono>
#include <functional>
#include <utility>

namespace centralita {

// Its IoContext's thread only.
class HeardWait {
 public:
  static constexpr std::chrono::milliseconds kLook{100}, kLongest{10'000};

  explicit HeardWait(IoContext io) : io_(std::move(io)) {}

  // `then` is called once, never inside start(): with true when `heard` says so, or it has lasted
  // kLongest; with false when it was given up. One at a time; a second one gives the first up.
  void start(std::function<bool()> heard, std::function<void(bool)> then) {
    give_up();
    heard_ = std::move(heard);
    then_ = std::move(then);
    until_ = io_.now() + kLongest;
    look_later();
  }
  void give_up() { finish(false); }

 private:
  void look_later() {
    timer_ = io_.after(kLook, [this] {
      if (heard_() || io_.now() >= until_)
        finish(true);
      else
        look_later();
    });
  }
  void finish(bool heard) {
    timer_.reset();
    if (const auto then = std::exchange(then_, nullptr))
      then(heard);
  }

  const IoContext io_;
  std::function<bool()> heard_;
  std::function<void(bool)> then_;
  Clock::TimePoint until_{0};
  Slot timer_;
};

}  // namespace centralita
