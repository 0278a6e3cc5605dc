// One thread for what takes a tenth of a second of a processor and 64 MB: passwords are hashed one
// after the other, never beside each other, and never on the thread that answers requests.
#pragma once

#include "plugins/base/ref.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace centralita {

class Background {
 public:
  Background();
  ~Background();  // what waits is not done any more
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // `work` on the thread, then `done` on the default main context, unless this is gone by then.
  // False: too much is waiting already, and neither will be called.
  template <typename T>
  bool run(std::function<T()> work, std::function<void(T)> done) {
    return submit([this, work = std::move(work), done = std::move(done)] {
      T result = work();
      deliver([done, result = std::move(result)] { done(result); });
    });
  }

 private:
  bool submit(std::function<void()> job);
  void deliver(std::function<void()> function);
  void run();

  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // of the main thread
  const std::weak_ptr<bool> watch_ = alive_;                          // read by the worker
  std::mutex mutex_;                                                  // guards all below
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace centralita
