#include "pipelines/playout.h"

#include <algorithm>
#include <utility>

namespace centralita {
namespace {

// The far end plays behind our clock by its way and its jitter buffer.
constexpr Playout::Time kFarEndLag = std::chrono::milliseconds(500);

}  // namespace

void Playout::push(std::span<const std::uint8_t> audio) {
  // What has been sent goes when it is the larger part: each byte is moved about once.
  if (read_ > audio_.size() / 2) {
    audio_.erase(audio_.begin(), audio_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
  }
  audio_.insert(audio_.end(), audio.begin(), audio.end());
  pushed_ += audio.size();
}

void Playout::push_marker(std::function<void(Time)> reached) {
  markers_.push_back({pushed_, std::move(reached)});
}

void Playout::push_gate(std::uint32_t number) {
  if (number > open_through_)
    markers_.push_back({pushed_, nullptr, number});
}

void Playout::open_gates(std::uint32_t number) { open_through_ = std::max(open_through_, number); }

bool Playout::frame_ready() const {
  if (held_ || queued_bytes() < settings_.frame_bytes)
    return false;
  // A frame is not sent in parts: one that reaches behind a gate waits for it.
  return std::none_of(markers_.begin(), markers_.end(), [this](const Marker& marker) {
    return marker.gate > open_through_ && marker.position < sent_ + settings_.frame_bytes;
  });
}

bool Playout::tail_waits() const {
  const auto rest = queued_bytes();
  return !held_ && rest > 0 && rest < settings_.frame_bytes && !markers_.empty() &&
         markers_.back().position == pushed_ &&
         std::none_of(markers_.begin(), markers_.end(),
                      [this](const Marker& marker) { return marker.gate > open_through_; });
}

void Playout::pad() {
  const auto rest = queued_bytes() % settings_.frame_bytes;
  if (rest == 0)
    return;
  audio_.insert(audio_.end(), settings_.frame_bytes - rest, settings_.silence);
  pushed_ += settings_.frame_bytes - rest;
}

void Playout::run_markers() {
  while (!markers_.empty() && markers_.front().position <= sent_ &&
         markers_.front().gate <= open_through_) {
    const auto marker = std::move(markers_.front());
    markers_.pop_front();
    if (marker.reached)
      marker.reached(play_end_);
  }
}

void Playout::advance(Time now,
                      const std::function<void(std::span<const std::uint8_t>, Time)>& send) {
  play_end_ = std::max(play_end_, now);
  run_markers();
  if (tail_waits() && play_end_ - now <= settings_.lead / 2)
    pad();
  while (frame_ready() && play_end_ - now <= settings_.lead - settings_.frame) {
    const Time begins = play_end_;
    const std::span frame(audio_.data() + read_, settings_.frame_bytes);
    read_ += settings_.frame_bytes;
    sent_ += settings_.frame_bytes;
    play_end_ += settings_.frame;
    may_play_until_ = play_end_ + kFarEndLag;
    send(frame, begins);
    run_markers();
  }
}

std::optional<Playout::Time> Playout::next_deadline() const {
  if (tail_waits())
    return play_end_ - settings_.lead / 2;
  if (!frame_ready())
    return std::nullopt;
  return play_end_ - settings_.lead + settings_.frame;
}

bool Playout::clear(Time now) {
  const bool far_end_plays = std::exchange(may_play_until_, Time{0}) > now;
  held_ = false;
  audio_.clear();
  read_ = 0;
  sent_ = pushed_;
  markers_.clear();
  play_end_ = std::min(play_end_, now);
  return far_end_plays;
}

}  // namespace centralita
