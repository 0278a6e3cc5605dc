// Puts a call's two directions beside each other: left the caller, right the agent, on the caller's
// media clock.
//
//   caller   ---[said]-----------------------> placed by its own sample count
//   agent    ---[play begins, our clock] - lag -> placed where the caller's clock then is
//
// The far end's clock and ours differ by some parts in a million, which is more than a frame after
// an hour. `lag` is how far our clock is ahead of the caller's: the least of (arrived - said) over
// the last ten to twenty seconds, since a network only ever delays.
//
// Pure: samples and times in, interleaved frames out. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace centralita::recording {

using Time = std::chrono::nanoseconds;

class StereoTimeline {
 public:
  // `frames`: interleaved, an even number of samples, to be kept before the next call.
  using Take = std::function<void(std::span<const std::int16_t> frames)>;

  // `zero`: where the recording begins, on our clock.
  StereoTimeline(int rate, Time zero, Take take);

  void caller(std::span<const std::int16_t> samples, Time said, Time arrived);
  void agent(std::span<const std::int16_t> samples, Time play_begins);
  // What would be played from `at` on is not.
  void cleared(Time at);
  // Hands out all that there is up to `at`.
  void ended(Time at);

  std::int64_t frames_taken() const { return base_; }
  Time lag() const;

 private:
  std::int64_t position(Time time) const;
  void place(std::span<const std::int16_t> samples, std::int64_t at, std::size_t side);
  void settle(std::int64_t end);

  const int rate_;
  const Time zero_;
  const Take take_;
  std::vector<std::int16_t> window_;  // interleaved, from base_ on
  std::int64_t base_ = 0;             // frames handed out
  std::int64_t newest_ = 0;           // the end of what has been said, in frames
  std::int64_t caller_end_ = 0, agent_end_ = 0;
  Time agent_plays_until_{-1};
  std::optional<Time> least_lag_, earlier_lag_;  // of this period, of the one before
  Time period_began_{0};
};

}  // namespace centralita::recording
