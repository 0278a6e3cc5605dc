#include "server/caller/playout.h"

#include <algorithm>

namespace centralita::caller {
namespace {
constexpr std::size_t kMaxSeconds = 600;
constexpr std::uint64_t kUnderrunTicks = 25;  // half a second: longer is a pause, not a hole
}  // namespace

std::size_t Playout::add(std::span<const std::int16_t> samples) {
  const auto room = kMaxSeconds * static_cast<std::size_t>(rate_) - buffered();
  const auto taken = samples.first(std::min(room, samples.size()));
  queue_.insert(queue_.end(), taken.begin(), taken.end());
  added_ += taken.size();
  return samples.size() - taken.size();
}

std::optional<std::string> Playout::mark(std::string name) {
  if (buffered() == 0 && !playing_ && marks_.empty())
    return name;
  marks_.push_back({std::move(name), added_});
  return std::nullopt;
}

Playout::Cleared Playout::clear() {
  Cleared cleared{.samples = buffered(), .marks = take_marks(added_)};
  queue_.clear();
  head_ = 0;
  played_ = added_;
  cleared_ = true;
  return cleared;
}

std::vector<std::string> Playout::tick(std::span<std::int16_t> frame) {
  auto due = take_marks(played_);
  const auto n = std::min(frame.size(), buffered());
  const auto from = queue_.begin() + static_cast<std::ptrdiff_t>(head_);
  std::copy_n(from, n, frame.begin());
  std::fill(frame.begin() + static_cast<std::ptrdiff_t>(n), frame.end(), std::int16_t{0});
  head_ += n;
  played_ += n;
  playing_ = n > 0;
  if (head_ == queue_.size()) {
    queue_.clear();
    head_ = 0;
  } else if (head_ > queue_.size() / 2) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  if (!playing_) {
    ++empty_run_;
  } else {
    if (!cleared_ && empty_run_ < kUnderrunTicks)
      underrun_ticks_ += empty_run_;
    empty_run_ = 0;
    cleared_ = false;
  }
  return due;
}

std::vector<std::string> Playout::take_marks(std::uint64_t up_to) {
  std::vector<std::string> names;
  while (!marks_.empty() && marks_.front().position <= up_to) {
    names.push_back(std::move(marks_.front().name));
    marks_.pop_front();
  }
  return names;
}

}  // namespace centralita::caller
