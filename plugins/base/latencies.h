// How long answers take: counts by bucket for as long as the process lives, and the newest hundred
// for their 95th percentile.
//
// Pure. One thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace centralita {

class Latencies {
 public:
  using Time = std::chrono::nanoseconds;
  // Seconds. A bucket holds what is at most its bound and above the one before.
  static constexpr std::array kBounds{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0};
  static constexpr std::size_t kEnough = 20;  // below it no percentile is worth anything

  void add(Time latency) {
    const double seconds = std::chrono::duration<double>(latency).count();
    const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin();
    ++counts_[static_cast<std::size_t>(bucket)];
    sum_ += seconds;
    if (newest_.size() < kKept)
      newest_.push_back(latency);
    else
      newest_[next_] = latency;
    next_ = (next_ + 1) % kKept;
  }

  // Of bucket i alone; i == kBounds.size(): above the last bound.
  std::uint64_t count(std::size_t i) const { return counts_[i]; }
  double sum() const { return sum_; }  // s

  std::optional<Time> p95() const {
    if (newest_.size() < kEnough)
      return std::nullopt;
    auto sorted = newest_;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 95 / 100);
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
  }

 private:
  static constexpr std::size_t kKept = 100;
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};
  double sum_ = 0;
  std::vector<Time> newest_;
  std::size_t next_ = 0;
};

}  // namespace centralita
