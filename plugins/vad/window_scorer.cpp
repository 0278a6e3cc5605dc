#include "plugins/vad/window_scorer.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

// Without weights: 0.5 is this much over the noise floor.
constexpr float kOverFloor = 9;  // dB

}  // namespace

WindowScorer::WindowScorer(unsigned rate, std::shared_ptr<const SileroWeights> weights,
                           Network network)
    : window_(rate * 32 / 1000), network_(network), edges_(window_) {
  if (weights)
    silero_.emplace(std::move(weights), rate);
  set_min_level(min_level_);
}

void WindowScorer::set_min_level(float dbfs) {
  min_level_ = dbfs;
  gate_.set_min_level(dbfs);
}

std::optional<WindowScorer::Score> WindowScorer::push(std::span<const std::int16_t>& samples) {
  const std::size_t n = std::min(samples.size(), window_ - fill_);
  std::copy_n(samples.begin(), n, samples_.begin() + static_cast<std::ptrdiff_t>(fill_));
  samples = samples.subspan(n);
  fill_ += n;
  if (fill_ < window_)
    return std::nullopt;
  fill_ = 0;
  return score();
}

WindowScorer::Score WindowScorer::score() {
  const auto samples = std::span<const std::int16_t>(samples_).first(window_);
  const auto levels = window_levels(samples);
  const float floor = floor_.push(levels.level);
  edges_.push(levels, floor);
  float probability = silero_ ? hear(levels, samples)
                              : 1 / (1 + std::exp(-(levels.level - floor - kOverFloor) / 2));
  if (levels.level < min_level_ && network_ == Network::kWhenNeeded)
    probability = 0;
  return {probability, edges_.onset(), edges_.offset()};
}

float WindowScorer::hear(const WindowLevels& levels, std::span<const std::int16_t> samples) {
  const bool open = network_ == Network::kAlways || gate_.is_open(levels);
  // A window that is not heard takes the place of the oldest kept back.
  Audio present;
  Audio& audio = open ? present : kept_back_[kept_back_count_ % kContext];
  if (!open && kept_back_count_ >= kContext)
    silero_->skip(std::span(audio).first(window_));
  std::transform(samples.begin(), samples.end(), audio.begin(),
                 [](std::int16_t s) { return static_cast<float>(s) / 32768.0f; });
  if (!open) {
    ++kept_back_count_;
    return probability_;
  }
  const std::size_t n = std::min(kept_back_count_, kContext);
  for (std::size_t i = kept_back_count_ - n; i < kept_back_count_; ++i)
    (void)step(kept_back_[i % kContext]);
  kept_back_count_ = 0;
  probability_ = step(audio);
  gate_.heard(probability_);
  return probability_;
}

float WindowScorer::step(const Audio& audio) {
  ++steps_;
  return silero_->step(std::span(audio).first(window_));
}

void WindowScorer::drop_pending() {
  fill_ = 0;
  edges_.reset();
}

void WindowScorer::reset() {
  fill_ = 0;
  probability_ = 0;
  kept_back_count_ = 0;
  gate_.reset();
  floor_.reset();
  edges_.reset();
  if (silero_)
    silero_->reset();
}

}  // namespace centralita
