// A few threads for work that takes long (decoding, synthesis). They are started with the first
// job.
//
//   WorkerPool pool(2);
//   pool.run([](int worker) { ... });    // worker: 0 .. size-1, for what each thread keeps its own
//   of
//
// The destructor drops the jobs not begun and waits for those under way.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace centralita::sandbox {

class WorkerPool {
 public:
  using Job = std::function<void(int worker)>;

  explicit WorkerPool(int size) : size_(size) {}
  ~WorkerPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      jobs_.clear();
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int size() const { return size_; }

  // Any thread.
  void run(Job job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
      if (static_cast<int>(threads_.size()) < size_ && idle_ < static_cast<int>(jobs_.size())) {
        const int worker = static_cast<int>(threads_.size());
        threads_.emplace_back([this, worker] { work(worker); });
      }
    }
    changed_.notify_one();
  }

 private:
  void work(int worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      --idle_;
      if (stopping_)
        return;
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job(worker);
      lock.lock();
    }
  }

  const int size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<std::thread> threads_;
  int idle_ = 0;
  bool stopping_ = false;
};

}  // namespace centralita::sandbox
