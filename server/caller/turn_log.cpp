#include "server/caller/turn_log.h"

#include <algorithm>
#include <limits>

namespace centralita::caller {
namespace {
constexpr double kFrameMs = 20;
constexpr double kBurstGapMs = 500;
constexpr double kRunGapMs = 300;  // audio that arrives later than that begins a new run
constexpr double kNever = std::numeric_limits<double>::infinity();
}  // namespace

void TurnLog::audio_arrived(double at_ms, std::span<const std::int16_t> samples) {
  in_run_ = in_run_ && at_ms < play_end_ms_ + kRunGapMs;
  if (in_run_) {
    lateness_ms_.push_back(static_cast<float>(at_ms - play_end_ms_));
    gaps_ms_.push_back(static_cast<float>(at_ms - last_arrival_ms_));
  }
  if (!in_run_)
    play_end_ms_ = at_ms;
  in_run_ = true;
  last_arrival_ms_ = at_ms;
  arrivals_ms_.push_back(at_ms);

  double play_ms = std::max(play_end_ms_, at_ms);
  const auto size = static_cast<std::size_t>(frame_samples(rate_));
  for (std::size_t i = 0; i < samples.size(); i += size) {
    const auto frame = samples.subspan(i, std::min(size, samples.size() - i));
    const double length_ms = static_cast<double>(frame.size()) * 1000 / rate_;
    if (is_voiced(frame))
      add_voiced(at_ms, play_ms, length_ms);
    play_ms += length_ms;
  }
  // A hole does not move the grid: what comes late stays late until the run ends.
  play_end_ms_ += static_cast<double>(samples.size()) * 1000 / rate_;
}

void TurnLog::add_voiced(double arrived_ms, double play_from_ms, double length_ms) {
  if (bursts_.empty() || bursts_.back().cleared ||
      play_from_ms > bursts_.back().play_to_ms + kBurstGapMs)
    bursts_.push_back({.arrived_ms = arrived_ms, .play_to_ms = play_from_ms});
  bursts_.back().play_to_ms = play_from_ms + length_ms;
  bursts_.back().voiced_ms += length_ms;
}

void TurnLog::cleared(double at_ms) {
  in_run_ = false;
  if (bursts_.empty() || bursts_.back().play_to_ms < at_ms)
    return;
  bursts_.back().cleared = true;
  bursts_.back().play_to_ms = at_ms;
}

std::optional<double> TurnLog::next_heard(double from_ms, double until_ms) const {
  const auto begin = static_cast<std::size_t>(std::max(0.0, from_ms) / kFrameMs);
  for (std::size_t i = begin; i < heard_.size() && static_cast<double>(i) * kFrameMs < until_ms;
       ++i)
    if (heard_[i])
      return static_cast<double>(i) * kFrameMs;
  return std::nullopt;
}

std::optional<double> TurnLog::last_heard(double from_ms, double until_ms) const {
  std::optional<double> last;
  for (auto at = next_heard(from_ms, until_ms); at; at = next_heard(*at + kFrameMs, until_ms))
    last = *at + kFrameMs;
  return last;
}

void TurnLog::add_agent(Turn& turn, double from_ms, double until_ms) const {
  for (const auto& burst : bursts_) {
    const bool during = turn.caller && burst.arrived_ms >= turn.caller->first_voiced_ms &&
                        burst.arrived_ms < from_ms;
    if (during && !burst.cleared)
      turn.agent_began_early = true;
    if (burst.arrived_ms < from_ms || burst.arrived_ms >= until_ms)
      continue;
    if (!turn.first_voiced_ms)
      turn.first_voiced_ms = burst.arrived_ms;
    turn.audio_ms += burst.voiced_ms;
  }
  if (!turn.first_voiced_ms)
    return;
  const auto first = std::lower_bound(arrivals_ms_.begin(), arrivals_ms_.end(), from_ms);
  turn.first_audio_ms = *first;  // there is one, since one with voice has arrived
  turn.heard_from_ms = next_heard(*turn.first_voiced_ms, kNever);
  if (turn.agent_began_early)
    return;
  turn.response_ms = *turn.first_voiced_ms - from_ms;
  if (turn.heard_from_ms)
    turn.heard_response_ms = *turn.heard_from_ms - from_ms;
}

std::vector<Turn> TurnLog::turns() const {
  std::vector<Turn> turns(1);
  add_agent(turns[0], 0, utterances_.empty() ? kNever : utterances_[0].first_voiced_ms);
  for (std::size_t i = 0; i < utterances_.size(); ++i) {
    Turn turn{.caller = utterances_[i]};
    const bool last = i + 1 == utterances_.size();
    add_agent(turn, utterances_[i].last_voiced_ms,
              last ? kNever : utterances_[i + 1].first_voiced_ms);
    turns.push_back(std::move(turn));
  }
  // What is heard of a turn goes on until the next reply is, not until the caller begins.
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const auto next_reply = i + 1 < turns.size() ? turns[i + 1].heard_from_ms : std::nullopt;
    if (turns[i].heard_from_ms)
      turns[i].heard_to_ms = last_heard(*turns[i].heard_from_ms, next_reply.value_or(kNever));
    if (i > 0 && turns[i - 1].heard_to_ms &&
        *turns[i - 1].heard_to_ms > turns[i].caller->first_voiced_ms)
      turns[i].talked_over_ms = *turns[i - 1].heard_to_ms - turns[i].caller->first_voiced_ms;
  }
  return turns;
}

}  // namespace centralita::caller
