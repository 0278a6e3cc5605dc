#include "server/shard.h"

#include <pthread.h>

#include <algorithm>
#include <future>

namespace centralita {

Shard::Shard(int number)
    : number_(number), loop_(Ref<GMainLoop>::adopt(g_main_loop_new(context_.get(), FALSE))) {
  std::promise<void> ready;
  thread_ = std::thread([this, &ready] {
    pthread_setname_np(pthread_self(), ("shard-" + std::to_string(number_)).c_str());
    g_main_context_push_thread_default(context_.get());
    io_.emplace(context_, IoContext::make_session());
    due_ = io_->now();
    watch();
    ready.set_value();
    g_main_loop_run(loop_.get());
    watch_.reset();
    g_main_context_pop_thread_default(context_.get());
  });
  ready.get_future().wait();
}

Shard::~Shard() {
  if (!thread_.joinable())
    return;
  post([this] { g_main_loop_quit(loop_.get()); });
  thread_.join();
}

void Shard::watch() {
  constexpr auto kIdle = std::chrono::milliseconds(200);
  const bool busy = load > 0;
  due_ += busy ? policy::Lateness::kEvery : kIdle;
  watch_ = io_->timers()->at(due_, [this, busy] {
    const auto now = io_->now();
    if (busy)
      lateness_.note(now - due_);
    else if (load == 0)
      lateness_.clear();
    due_ = std::max(due_, now - policy::Lateness::kEvery);  // what was missed is not made up for
    watch();
  });
}

ShardPool::ShardPool(int count) {
  for (int i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(i));
}

Shard& ShardPool::least_loaded() {
  return **std::min_element(shards_.begin(), shards_.end(),
                            [](const auto& a, const auto& b) { return a->load < b->load; });
}

}  // namespace centralita
