#include "server/security/background.h"

#include "server/store/reader.h"

#include <memory>

namespace centralita {
namespace {
constexpr std::size_t kMostWaiting = 32;  // three seconds of work
}

Background::Background() : thread_([this] { run(); }) {}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  thread_.join();
}

bool Background::submit(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (stop_ || jobs_.size() >= kMostWaiting)
    return false;
  jobs_.push_back(std::move(job));
  changed_.notify_all();
  return true;
}

void Background::deliver(std::function<void()> function) {
  store::post(nullptr, [alive = watch_, function = std::move(function)] {
    if (!alive.expired())
      function();
  });
}

void Background::run() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
      if (stop_)
        return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace centralita
