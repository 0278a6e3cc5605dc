// A media shard: one thread that runs some of the calls, each from answer to end.
//
// It has a GMainContext, a SoupSession to the providers and timers of its own (an IoContext);
// nothing on the media path of a call leaves it. The only way in from another thread is post().
#pragma once

#include "plugins/base/io_context.h"
#include "server/policy/lateness.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace centralita {

class Shard {
 public:
  explicit Shard(int number);
  // One whose context the caller runs, under a clock of their own: for tests.
  Shard(int number, const IoContext& io) : number_(number), io_(io) {}
  // Stops the loop and joins; what was posted before has run.
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  int number() const { return number_; }
  const IoContext& io() const { return *io_; }
  void post(std::function<void()> function) { io_->post(std::move(function)); }

  // Calls and streams that are on it; kept by those, read when one is placed.
  std::atomic<int> load = 0;
  const policy::Lateness& lateness() const { return lateness_; }

 private:
  void watch();

  const int number_;
  policy::Lateness lateness_;
  Clock::TimePoint due_{};
  Slot watch_;  // of its thread
  Ref<GMainContext> context_ = Ref<GMainContext>::adopt(g_main_context_new());
  Ref<GMainLoop> loop_;
  std::optional<IoContext> io_;
  std::thread thread_;
};

class ShardPool {
 public:
  explicit ShardPool(int count);
  Shard& least_loaded();
  const std::vector<std::unique_ptr<Shard>>& all() const { return shards_; }

 private:
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace centralita
