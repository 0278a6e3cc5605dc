// What has been dealt with already: ids of events, kept for a time and up to a number. A second one
// of the same id within that time is a repetition. One thread.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <unordered_set>

namespace centralita {

// For so long a carrier may tell of a call again.
inline constexpr std::chrono::hours kCarriersMayRepeat{24};

class SeenIds {
 public:
  using Time = std::chrono::nanoseconds;

  explicit SeenIds(Time keep, std::size_t limit = 100'000) : keep_(keep), limit_(limit) {}

  // Whether `id` is new; remembers it.
  bool add(const std::string& id, Time now) {
    while (!order_.empty() && (order_.front().first + keep_ < now || order_.size() >= limit_)) {
      known_.erase(order_.front().second);
      order_.pop_front();
    }
    if (!known_.insert(id).second)
      return false;
    order_.emplace_back(now, id);
    return true;
  }

  bool contains(const std::string& id) const { return known_.contains(id); }
  std::size_t size() const { return known_.size(); }

 private:
  const Time keep_;
  const std::size_t limit_;
  std::deque<std::pair<Time, std::string>> order_;
  std::unordered_set<std::string> known_;
};

}  // namespace centralita
