#include "server/policy/lateness.h"

#include <algorithm>
#include <vector>

namespace centralita::policy {

void Lateness::note(Time late) {
  samples_[next_].store(std::max<std::int64_t>(late.count(), 0), std::memory_order_relaxed);
  next_ = (next_ + 1) % kSamples;
}

Lateness::Time Lateness::p99() const {
  std::vector<std::int64_t> sorted;
  sorted.reserve(kSamples);
  for (const auto& sample : samples_) sorted.push_back(sample.load(std::memory_order_relaxed));
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(kSamples * 99 / 100);
  std::nth_element(sorted.begin(), at, sorted.end());
  return Time(*at);
}

void Lateness::clear() {
  for (auto& sample : samples_) sample.store(0, std::memory_order_relaxed);
}

}  // namespace centralita::policy
