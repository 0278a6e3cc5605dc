#include "server/caller/script_player.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace centralita::caller {
namespace {

using Kind = Step::Kind;
using std::chrono::milliseconds;

constexpr std::uint64_t kDigitFrames = 10;      // 200 ms from key to key
constexpr std::uint64_t kNewSpeechFrames = 60;  // so much silence separates what the agent says

std::uint64_t to_frames(milliseconds time) {
  return static_cast<std::uint64_t>((time + kFrame - milliseconds(1)) / kFrame);
}

std::string seconds_text(milliseconds time) {
  const auto ms = time.count();
  std::string text = std::to_string(ms / 1000);
  if (ms % 1000 != 0)
    text += "." + std::to_string(ms % 1000 / 100);
  return text + " s";
}

// Two seconds of white noise: long enough not to be heard as a tone.
std::vector<std::int16_t> make_noise(double dbfs, int rate_hz) {
  std::mt19937 random(20);  // the same noise in every run
  std::normal_distribution<double> gauss(0, 32768 * std::pow(10, dbfs / 20));
  std::vector<std::int16_t> noise(2 * static_cast<std::size_t>(rate_hz));
  for (auto& sample : noise)
    sample = static_cast<std::int16_t>(std::clamp(gauss(random), -32768.0, 32767.0));
  return noise;
}

}  // namespace

ScriptPlayer::ScriptPlayer(const Script& script, const Clips& clips, int rate_hz,
                           PlayerSettings settings)
    : steps_(script.steps), clips_(clips), rate_(rate_hz), settings_(settings) {
  if (settings_.noise_dbfs)
    noise_ = make_noise(*settings_.noise_dbfs, rate_);
}

ScriptPlayer::Action ScriptPlayer::next(Heard heard, std::span<std::int16_t> frame) {
  hear(heard);
  Action action;
  while (advance(action)) {
  }
  if (!action.hang_up)
    fill(frame);
  ++now_;
  return action;
}

void ScriptPlayer::hear(Heard heard) {
  if (heard.agent_voiced) {
    if (!run_ || run_->consumed || now_ - run_->last > kNewSpeechFrames)
      run_ = Run{.began = now_, .last = now_};
    run_->last = now_;
  }
  // Silence counts from when nothing was left to play: what is buffered may be voice.
  if (heard.agent_voiced || heard.buffered)
    quiet_since_ = now_;
}

bool ScriptPlayer::advance(Action& action) {
  if (step_ >= steps_.size()) {
    action.hang_up = true;
    return false;
  }
  const Step& step = steps_[step_];
  const auto elapsed = now_ - step_began_;
  switch (step.kind) {
    case Kind::kSay:
      return begin_speech(action, false);
    case Kind::kWait:
    case Kind::kSilence:
      if (elapsed < to_frames(step.time))
        return false;
      break;
    case Kind::kWaitForAgent:
      if (!agent_spoke())
        return waited_too_long(action, "the agent did not begin to speak");
      break;
    case Kind::kWaitGreeting:
    case Kind::kWaitReply:
      if (!agent_spoke())
        return waited_too_long(action, "the agent did not begin to speak");
      if (now_ - quiet_since_ < to_frames(step.time))
        return waited_too_long(action, "the agent did not stop speaking");
      run_->consumed = true;
      break;
    case Kind::kBargeIn:
      if (!clip_ && !agent_spoke())
        return waited_too_long(action, "the agent did not begin to speak");
      if (!clip_ && now_ - run_->began < to_frames(step.time))
        return false;
      return begin_speech(action, true);
    case Kind::kDtmf:
      if (digit_ < step.digits.size()) {
        if (elapsed == digit_ * kDigitFrames)
          action.dtmf = step.digits[digit_++];
        return false;
      }
      if (elapsed < digit_ * kDigitFrames)
        return false;
      break;
    case Kind::kWaitEnd:
      return waited_too_long(action, "the agent did not end the call");
    case Kind::kHangUp:
      action.hang_up = true;
      return false;
  }
  enter_next_step();
  return true;
}

void ScriptPlayer::enter_next_step() {
  ++step_;
  step_began_ = now_;
  digit_ = 0;
}

// Always false: the step goes on, or the call ends.
bool ScriptPlayer::waited_too_long(Action& action, const char* what) {
  const auto timeout =
      steps_[step_].timeout.count() > 0 ? steps_[step_].timeout : settings_.timeout;
  if (now_ - step_began_ >= to_frames(timeout)) {
    action.failure = where() + ": " + what + " within " + seconds_text(timeout);
    action.hang_up = true;
  }
  return false;
}

// True when the recording is over.
bool ScriptPlayer::begin_speech(Action& action, bool barge_in) {
  if (!clip_) {
    clip_ = clips_.at(steps_[step_].file);
    clip_at_ = 0;
    action.began = Spoken{
        .file = steps_[step_].file, .barge_in = barge_in, .frame = now_, .voiced = clip_->voiced};
    if (run_)
      run_->consumed = true;
    return false;
  }
  if (clip_at_ < clip_->samples.size())
    return false;
  clip_ = nullptr;
  enter_next_step();
  return true;
}

void ScriptPlayer::fill(std::span<std::int16_t> frame) {
  std::fill(frame.begin(), frame.end(), std::int16_t{0});
  if (clip_) {
    const auto rest = clip_->samples.size() - std::min(clip_at_, clip_->samples.size());
    const auto n = std::min(rest, frame.size());
    std::copy_n(clip_->samples.begin() + static_cast<std::ptrdiff_t>(clip_at_), n, frame.begin());
    const auto last_voiced = clip_->voiced ? clip_->voiced->last : 0;
    // What the agent said until the caller's last word is no answer to it.
    if (run_ && clip_at_ <= last_voiced)
      run_->consumed = true;
    clip_at_ += n;
    return;
  }
  if (noise_.empty() || (step_ < steps_.size() && steps_[step_].kind == Kind::kSilence))
    return;
  for (auto& sample : frame) {
    sample = noise_[noise_at_];
    noise_at_ = (noise_at_ + 1) % noise_.size();
  }
}

std::string ScriptPlayer::where() const {
  const auto at = std::min(step_, steps_.size() - 1);
  return "step " + std::to_string(at + 1) + " of " + std::to_string(steps_.size()) + " (" +
         steps_[at].name() + ")";
}

bool ScriptPlayer::may_end() const {
  return step_ >= steps_.size() || steps_[step_].kind == Kind::kWaitEnd ||
         steps_[step_].kind == Kind::kHangUp;
}

}  // namespace centralita::caller
