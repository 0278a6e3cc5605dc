#include "server/replay/far_end.h"

#include "plugins/law/g711.h"
#include "server/caller/voicing.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace centralita::replay {
namespace {

using g711::Law;
using Kind = CallerStep::Kind;

std::string seconds(std::size_t samples) { return std::to_string(samples * 1000 / kRate) + " ms"; }

}  // namespace

FarEnd::FarEnd(const Scenario& scenario, Timeline& timeline, TimerQueue& timers)
    : scenario_(scenario), timeline_(timeline), timers_(timers), spoken_(scenario.line_words) {
  if (scenario.echo)
    echoing_.resize(static_cast<std::size_t>(scenario.echo->first.count() * kRate / 1000));
}

void FarEnd::connect(Call& call) {
  call_ = &call;
  tick_ = timers_.after(scenario_.line.empty() ? kTick : scenario_.line_offset, [this] { tick(); });
}

// --- What the call sends -----------------------------------------------------

void FarEnd::after_the_line(std::function<void()> run) {
  if (scenario_.line_delay == milliseconds(0))
    return run();
  on_the_line_.push_back(timers_.after(scenario_.line_delay, [this, run = std::move(run)] {
    if (!over_)
      run();
  }));
}

void FarEnd::send_audio(std::span<const std::uint8_t> frame) {
  Samples samples(frame.size());
  g711::decode<Law::kMu>(frame, samples);
  if (caller::is_voiced(samples))
    agent_voice_.push_back(now());
  after_the_line([this, samples = std::move(samples)] { playout_.add(samples); });
}

void FarEnd::send_mark(const std::string& name) {
  after_the_line([this, name] {
    if (const auto played = playout_.mark(name))
      give_back(*played);
  });
}

void FarEnd::send_clear() {
  timeline_.add("wire", "clear");
  clears_.push_back(now());
  after_the_line([this] {
    const auto cleared = playout_.clear();
    timeline_.add("far end", "drops " + seconds(cleared.samples));
    for (const auto& mark : cleared.marks) give_back(mark);
  });
}

void FarEnd::give_back(const std::string& mark) {
  timeline_.add("far end", "mark " + mark);
  // A mark that comes back is handled when whoever sent it has returned.
  on_the_line_.push_back(timers_.after(scenario_.line_delay, [this, mark] {
    if (!over_)
      call_->mark_played(mark);
  }));
}

void FarEnd::hang_up(const CallEnded& end) {
  over_ = true;
  tick_.reset();
  timeline_.add("call", "ended: " + end.status + ", " + end.end_cause +
                            (end.error.empty() ? "" : ": " + end.error));
}

void FarEnd::transfer(const TransferOrder& order, Done done) {
  if (!order.warm)
    return command("transfer to " + order.to, std::move(done),
                   [this] { call_->end("transferred"); });
  command("warm transfer to " + order.to + ", rings " + std::to_string(order.ring_seconds) + " s",
          std::move(done), [this, name = order.name] { ring_other_party(name); });
}

void FarEnd::ring_other_party(const std::string& name) {
  call_->other_party_rings();
  on_the_line_.push_back(timers_.after(scenario_.other_party.first, [this, name] {
    if (over_)
      return;
    const auto& why = scenario_.other_party.second;
    timeline_.add("carrier", "-> " + name + (why.empty() ? " answers" : ": " + why));
    if (why.empty())
      call_->end("transferred");
    else
      call_->came_back(why);
  }));
}

void FarEnd::send_dtmf(const std::string& digits, Done done) {
  command("keys " + digits, std::move(done));
}

void FarEnd::command(const std::string& what, Done done, std::function<void()> then) {
  timeline_.add("carrier", "<- " + what);
  on_the_line_.push_back(timers_.after(scenario_.carrier->first, [this, done, then] {
    if (over_)
      return;
    const auto& refusal = scenario_.carrier->second;
    timeline_.add("carrier", "-> " + (refusal.empty() ? "done" : refusal));
    if (refusal.empty() && then)
      then();
    done(refusal.empty() ? Result<bool>(true) : Unexpected(refusal));
  }));
}

void FarEnd::show_state(TurnState state) { state_ = state; }

void FarEnd::show_clause(int turn, const std::string& text) {
  timeline_.add("clause", "turn " + std::to_string(turn) + ": \"" + text + "\"");
}

void FarEnd::show_error(const std::string& code, const std::string&) {
  timeline_.add("error", code);
}

// --- A tick ------------------------------------------------------------------

void FarEnd::tick() {
  tick_ = timers_.after(kTick, [this] { tick(); });
  while (!on_the_line_.empty() && !on_the_line_.front()) on_the_line_.pop_front();
  play();
  if (!over_)
    run_steps();
  if (!over_)
    speak();
}

// What is taken from the buffer now is heard during the 20 ms that have just gone by.
void FarEnd::play() {
  std::array<std::int16_t, kFrameSamples> frame;
  const auto marks = playout_.tick(frame);
  const bool hearing = playout_.playing();
  if (hearing != hearing_)
    timeline_.add("far end", hearing
                                 ? "hears the agent"
                                 : "hears nothing; heard " + seconds(heard_.size()) + " so far");
  hearing_ = hearing;
  if (hearing) {
    heard_.insert(heard_.end(), frame.begin(), frame.end());
    heard_time_ += kTick;
    last_heard_ = now();
  }
  if (scenario_.echo)
    echoing_.insert(echoing_.end(), frame.begin(), frame.end());
  for (const auto& mark : marks) give_back(mark);
}

void FarEnd::send_line() {
  const auto left = std::span(scenario_.line).subspan(sound_at_);
  if (left.empty()) {
    timeline_.add("caller", "the recording is over");
    return call_->caller_hung_up();
  }
  std::array<std::int16_t, kFrameSamples> frame{};
  const auto n = std::min(left.size(), frame.size());
  std::copy_n(left.begin(), n, frame.begin());
  sound_at_ += n;
  send(frame);
}

void FarEnd::send(std::span<std::int16_t> frame) {
  std::array<std::uint8_t, kFrameSamples> codes;
  g711::encode<Law::kMu>(frame, codes);
  g711::decode<Law::kMu>(codes, frame);
  sent_.add(frame, now());
  call_->caller_audio(codes);
}

void FarEnd::speak() {
  if (!scenario_.line.empty())
    return send_line();
  std::array<std::int16_t, kFrameSamples> frame{};
  const double echo_gain = scenario_.echo ? std::pow(10.0, scenario_.echo->second / 20.0) : 0.0;
  for (auto& sample : frame) {
    double sum = sound_at_ < sound_.size() ? sound_[sound_at_++] : 0;
    if (scenario_.background)
      sum += noise_.next(*scenario_.background);
    if (scenario_.echo) {
      sum += echo_gain * echoing_.front();
      echoing_.pop_front();
    }
    sample = static_cast<std::int16_t>(std::lround(std::clamp(sum, -32768.0, 32767.0)));
  }
  send(frame);
}

// --- Steps -------------------------------------------------------------------

void FarEnd::run_steps() {
  while (!over_ && step_ < scenario_.steps.size()) {
    const auto& step = scenario_.steps[step_];
    if (!step_begun_) {
      step_begun_ = true;
      step_began_ = now();
      begin_step(step);
    }
    if (over_ || !step_done(step))
      return;
    ++step_;
    step_begun_ = false;
  }
}

void FarEnd::start_sound(Samples samples, const CallerStep& step) {
  timeline_.add("caller", step.line);
  spoken_.push_back({now(), now() + milliseconds(samples.size() * 1000 / kRate), step.words});
  sound_ = std::move(samples);
  sound_at_ = 0;
}

void FarEnd::begin_step(const CallerStep& step) {
  heard_time_ = {};
  switch (step.kind) {
    case Kind::kSay:
    case Kind::kOver: {
      auto samples = recording(step.name);
      scale(samples, step.level);
      return start_sound(std::move(samples), step);
    }
    case Kind::kNoise: {
      Samples samples(static_cast<std::size_t>(step.time.count() * kRate / 1000));
      for (auto& sample : samples) sample = noise_.next(step.level);
      return start_sound(std::move(samples), step);
    }
    case Kind::kTone:
      return start_sound(
          tone(step.frequency, static_cast<std::size_t>(step.time.count() * kRate / 1000),
               step.level),
          step);
    case Kind::kContext:
      timeline_.add("caller", step.line);
      return call_->add_context({{step.name, step.value}}, step.words);
    case Kind::kDtmf:
      keys_ = step.name;
      next_key_ = now();
      return;
    case Kind::kHangUp:
      timeline_.add("caller", "hangs up");
      return call_->caller_hung_up();
    default:
      return;
  }
}

bool FarEnd::step_done(const CallerStep& step) {
  switch (step.kind) {
    case Kind::kSay:
    case Kind::kNoise:
    case Kind::kTone:
      return sound_at_ >= sound_.size();
    case Kind::kOver:
    case Kind::kContext:
    case Kind::kHangUp:
      return true;
    case Kind::kWait:
      return now() - step_began_ >= step.time;
    case Kind::kWaitForAgent:
      return heard_time_ > milliseconds(0);
    case Kind::kWaitHeard:
      return heard_time_ >= step.time;
    case Kind::kWaitSilence:
      return heard_time_ > milliseconds(0) && now() - last_heard_ >= step.time;
    case Kind::kWaitState:
      return step.name == name_of(state_);
    case Kind::kDtmf:
      if (keys_.empty())
        return true;
      if (now() >= next_key_) {
        const char key = keys_.front();
        timeline_.add("caller", std::string("presses ") + key);
        keys_.erase(0, 1);
        call_->key_pressed(key);
        next_key_ = now() + milliseconds(200);
      }
      return keys_.empty();
    case Kind::kWaitEnd:
      return over_;
  }
  return false;
}

SaidWords FarEnd::words_of(std::span<const std::int16_t> samples) const {
  SaidWords said;
  const auto spans = sent_.find(samples);
  for (const auto& spoken : spoken_) {
    const auto middle = (spoken.begin + spoken.end) / 2;
    const bool among = std::any_of(spans.begin(), spans.end(), [&](const auto& span) {
      return middle >= span.begin && middle < span.end;
    });
    if (!among || spoken.words.empty())
      continue;
    said.words += (said.words.empty() ? "" : " ") + spoken.words;
    said.delay = spoken.delay;
  }
  return said;
}

}  // namespace centralita::replay
