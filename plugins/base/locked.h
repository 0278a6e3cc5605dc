// Locked<T> is a value that can only be reached through its mutex: "protected by the lock" is its
// type and not a comment.
//
//   Locked<Settings> settings;
//   settings.lock()->threshold = 0.5;        // held until the end of the statement
//   const Settings now = settings.copy();    // what a stream does at its start
#pragma once

#include <mutex>
#include <utility>

namespace centralita {

template <typename T>
class Locked {
 public:
  class Access {
   public:
    T* operator->() const noexcept { return value_; }
    T& operator*() const noexcept { return *value_; }

   private:
    friend class Locked;
    explicit Access(Locked& owner) : lock_(owner.mutex_), value_(&owner.value_) {}
    std::unique_lock<std::mutex> lock_;
    T* value_;
  };

  Locked() = default;
  explicit Locked(T value) : value_(std::move(value)) {}

  [[nodiscard]] Access lock() { return Access(*this); }
  [[nodiscard]] T copy() { return *lock(); }

 private:
  std::mutex mutex_;
  T value_{};
};

}  // namespace centralita
