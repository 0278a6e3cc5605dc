#include "server/recording/stereo_timeline.h"

#include <algorithm>
#include <cstdlib>

namespace centralita::recording {
namespace {

using namespace std::chrono_literals;

constexpr Time kLagPeriod = 10s;
// Audio may come so late, or be cleared; what is older is final.
constexpr Time kWindow = 1500ms;
// How long before its playing a frame is sent, at most.
constexpr Time kLead = 200ms;
// A jump of a clock that is smaller does not tear continuous speech apart.
constexpr Time kTolerance = 8ms;
constexpr std::size_t kLeft = 0, kRight = 1;

}  // namespace

StereoTimeline::StereoTimeline(int rate, Time zero, Take take)
    : rate_(rate), zero_(zero), take_(std::move(take)) {}

Time StereoTimeline::lag() const {
  if (!least_lag_)
    return 0ns;
  return earlier_lag_ ? std::min(*least_lag_, *earlier_lag_) : *least_lag_;
}

std::int64_t StereoTimeline::position(Time time) const {
  const auto since = (time - zero_).count();
  // Split, so that an hour in nanoseconds times the rate stays within 64 bits.
  const auto seconds = since / 1'000'000'000, rest = since % 1'000'000'000;
  return seconds * rate_ + (rest * rate_ + (rest < 0 ? -500'000'000 : 500'000'000)) / 1'000'000'000;
}

void StereoTimeline::place(std::span<const std::int16_t> samples, std::int64_t at,
                           std::size_t side) {
  if (at < base_) {  // too late, or said before the recording began
    const auto lost = std::min<std::int64_t>(base_ - at, static_cast<std::int64_t>(samples.size()));
    samples = samples.subspan(static_cast<std::size_t>(lost));
    at += lost;
  }
  if (samples.empty())
    return;
  const auto first = static_cast<std::size_t>(at - base_);
  if (window_.size() < 2 * (first + samples.size()))
    window_.resize(2 * (first + samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) window_[2 * (first + i) + side] = samples[i];
}

void StereoTimeline::settle(std::int64_t end) {
  newest_ = std::max(newest_, end);
  const auto final = newest_ - position(zero_ + kWindow);
  // A block at a time, not every frame for itself.
  if (final - base_ < rate_ / 4)
    return;
  const auto frames = static_cast<std::size_t>(final - base_);
  if (window_.size() < 2 * frames)
    window_.resize(2 * frames);
  take_({window_.data(), 2 * frames});
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(2 * frames));
  base_ = final;
}

void StereoTimeline::caller(std::span<const std::int16_t> samples, Time said, Time arrived) {
  if (!least_lag_ || arrived - period_began_ > kLagPeriod) {
    earlier_lag_ = least_lag_;
    least_lag_ = arrived - said;
    period_began_ = arrived;
  } else {
    least_lag_ = std::min(*least_lag_, arrived - said);
  }
  auto at = position(said);
  if (std::abs(at - caller_end_) <= 1)  // rounding
    at = caller_end_;
  place(samples, at, kLeft);
  caller_end_ = at + static_cast<std::int64_t>(samples.size());
  settle(caller_end_);
}

void StereoTimeline::agent(std::span<const std::int16_t> samples, Time play_begins) {
  auto at = position(play_begins - lag());
  const bool goes_on = std::chrono::abs(play_begins - agent_plays_until_) < 1ms;
  if (goes_on && std::abs(at - agent_end_) <= position(zero_ + kTolerance))
    at = agent_end_;
  place(samples, at, kRight);
  agent_end_ = at + static_cast<std::int64_t>(samples.size());
  agent_plays_until_ =
      play_begins + Time(static_cast<std::int64_t>(samples.size()) * 1'000'000'000 / rate_);
  settle(at - position(zero_ + kLead));  // when it was sent, at the latest
}

void StereoTimeline::cleared(Time at) {
  const auto first = std::max(position(at - lag()), base_);
  for (auto i = static_cast<std::size_t>(first - base_); 2 * i < window_.size(); ++i)
    window_[2 * i + kRight] = 0;
  agent_end_ = std::min(agent_end_, first);
  agent_plays_until_ = std::min(agent_plays_until_, at);
}

void StereoTimeline::ended(Time at) {
  const auto end = std::max({position(at - lag()), caller_end_, base_});
  const auto frames = static_cast<std::size_t>(end - base_);
  window_.resize(2 * frames);
  if (frames > 0)
    take_(window_);
  window_.clear();
  base_ = end;
}

}  // namespace centralita::recording
