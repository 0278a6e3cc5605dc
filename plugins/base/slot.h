// Slot undoes something when it goes: a signal connection, a timer, a request under way, a
// subscription. Whatever must be undone is returned as one.
//
//   Slot timer = io.after(200ms, [] { ... });
//   timer.reset();     // cancelled; so it is when `timer` is destroyed or assigned to
//
// Move-only. Belongs to the thread its maker names; see the function that returns it.
#pragma once

#include <functional>
#include <utility>

namespace centralita {

class [[nodiscard]] Slot {
 public:
  Slot() = default;
  explicit Slot(std::function<void()> undo) : undo_(std::move(undo)) {}
  Slot(Slot&& other) noexcept { undo_.swap(other.undo_); }
  Slot& operator=(Slot&& other) noexcept {
    if (this != &other) {
      reset();
      undo_.swap(other.undo_);
    }
    return *this;
  }
  ~Slot() { reset(); }

  explicit operator bool() const noexcept { return static_cast<bool>(undo_); }

  void reset() {
    std::function<void()> undo;
    undo.swap(undo_);
    if (undo)
      undo();
  }

 private:
  std::function<void()> undo_;
};

}  // namespace centralita
