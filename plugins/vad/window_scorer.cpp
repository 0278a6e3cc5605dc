#include "plugins/vad/window_scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace centralita {
namespace {

// The network judges by what it heard before: cut off from the silence, it takes up to 300 ms
// longer to recognise the word that follows. So it hears the first half second of a silence, in
// which its memory settles, and when the silence ends it first hears the last windows of it.
constexpr unsigned kSettling = 16;

}  // namespace

float level_dbfs(std::span<const std::int16_t> samples) {
  std::int64_t sum = 0;
  for (const std::int32_t s : samples) sum += s * s;
  if (sum == 0)
    return -std::numeric_limits<float>::infinity();
  const auto mean = static_cast<float>(sum) / static_cast<float>(samples.size());
  return 10 * std::log10(mean / (32768.0f * 32768.0f));
}

WindowScorer::WindowScorer(unsigned rate, std::shared_ptr<const SileroWeights> weights)
    : window_(rate * 32 / 1000) {
  if (weights)
    silero_.emplace(std::move(weights), rate);
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
  const float level = level_dbfs(samples);
  const bool quiet = level < min_level_;
  if (!silero_) {
    const float probability = energy_.push(level);  // the floor is learnt from silence too
    return {quiet ? 0 : probability, level};
  }

  Audio audio;
  std::transform(samples.begin(), samples.end(), audio.begin(),
                 [](std::int16_t s) { return static_cast<float>(s) / 32768.0f; });
  quiet_windows_ = quiet ? quiet_windows_ + 1 : 0;
  if (quiet_windows_ > kSettling) {
    keep_back(audio);
    return {0, level};
  }
  catch_up();
  const float probability = silero_->step(std::span(audio).first(window_));
  return {quiet ? 0 : probability, level};
}

void WindowScorer::keep_back(const Audio& audio) {
  Audio& place = kept_back_[kept_back_count_ % kept_back_.size()];
  if (kept_back_count_ >= kept_back_.size())
    silero_->skip(std::span(place).first(window_));
  place = audio;
  ++kept_back_count_;
}

void WindowScorer::catch_up() {
  const std::size_t n = std::min(kept_back_count_, kept_back_.size());
  for (std::size_t i = kept_back_count_ - n; i < kept_back_count_; ++i)
    (void)silero_->step(std::span(kept_back_[i % kept_back_.size()]).first(window_));
  kept_back_count_ = 0;
}

void WindowScorer::reset() {
  fill_ = 0;
  quiet_windows_ = 0;
  kept_back_count_ = 0;
  energy_.reset();
  if (silero_)
    silero_->reset();
}

}  // namespace centralita
