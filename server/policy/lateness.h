// How late things happen on a shard: what its calls' frames suffer when it has too much to do.
//
// A timer of the shard that is due every 20 ms while it has calls notes by how much it came too
// late; the frames of all its calls are sent by timers of the same loop. Of the last ten seconds
// the 99th percentile is told.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>

namespace centralita::policy {

// One thread notes, any thread asks.
class Lateness {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr auto kEvery = std::chrono::milliseconds(20);

  void note(Time late);
  Time p99() const;
  void clear();

 private:
  static constexpr std::size_t kSamples = 500;
  std::array<std::atomic<std::int64_t>, kSamples> samples_{};
  std::size_t next_ = 0;
};

}  // namespace centralita::policy
