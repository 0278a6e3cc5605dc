// The caller and the telephone of a scripted call: speaks what the steps say, 20 ms a tick, plays
// what it gets in virtual time, gives marks back when their audio has been played, obeys clear.
#pragma once

#include "pipelines/call.h"
#include "server/caller/playout.h"
#include "server/replay/recordings.h"
#include "server/replay/scenario.h"
#include "server/replay/sent_audio.h"
#include "server/replay/timeline.h"

#include <deque>

namespace centralita::replay {

class FarEnd final : public MediaPeer, public TelephoneLine {
 public:
  static constexpr milliseconds kTick{20};

  FarEnd(const Scenario& scenario, Timeline& timeline, TimerQueue& timers);

  void connect(Call& call);  // the call is answered: the first tick comes 20 ms from now
  bool over() const { return over_; }

  // The words of the steps of which the middle is in this piece of the line.
  SaidWords words_of(std::span<const std::int16_t> samples) const;
  // All that was heard of the agent, without the silence between.
  const Samples& heard() const { return heard_; }
  // What the steps have said, and when; silence at a recording's ends included.
  const std::vector<SpokenWords>& spoken() const { return spoken_; }
  // When frames of the agent's with voice in them came, and when it was told to stop.
  const std::vector<milliseconds>& agent_voice() const { return agent_voice_; }
  const std::vector<milliseconds>& clears() const { return clears_; }
  // All that was sent on the caller's line, from its first sample on.
  const Samples& sent() const { return sent_.samples(); }

  void send_audio(std::span<const std::uint8_t> frame) override;
  void send_mark(const std::string& name) override;
  void send_clear() override;
  void hang_up(const CallEnded& end) override;
  void transfer(const TransferOrder& order, Done done) override;
  void send_dtmf(const std::string& digits, Done done) override;
  void show_state(TurnState state) override;
  void show_clause(int turn, const std::string& text) override;
  void show_error(const std::string& code, const std::string& text) override;

 private:
  void tick();
  void play();
  void speak();
  void send(std::span<std::int16_t> frame);
  void send_line();  // of a recorded call
  void run_steps();
  bool step_done(const CallerStep& step);
  void begin_step(const CallerStep& step);
  void start_sound(Samples samples, const CallerStep& step);
  // `then`: what happens besides when the carrier has taken it.
  void command(const std::string& what, Done done, std::function<void()> then = {});
  void ring_other_party(const std::string& name);
  void give_back(const std::string& mark);
  // After the delay of the line; not when the call is over by then.
  void after_the_line(std::function<void()> run);
  milliseconds now() const { return std::chrono::duration_cast<milliseconds>(timeline_.now()); }

  const Scenario& scenario_;
  Timeline& timeline_;
  TimerQueue& timers_;
  Call* call_ = nullptr;
  Slot tick_;
  std::deque<Slot> on_the_line_;
  bool over_ = false;

  // The agent's voice.
  caller::Playout playout_{kRate};
  Samples heard_;
  std::vector<milliseconds> agent_voice_, clears_;
  bool hearing_ = false;              // a frame with audio was played in the last tick
  milliseconds heard_time_{0};        // since the step began
  milliseconds last_heard_{-1};       // end of the last frame that was played
  std::deque<std::int16_t> echoing_;  // what was played and comes back later

  // The caller's.
  SentAudio sent_;
  Samples sound_;  // said at the moment, from sound_at_ on
  std::size_t sound_at_ = 0;
  std::string keys_;
  milliseconds next_key_{0};
  Noise noise_;
  std::vector<SpokenWords> spoken_;
  TurnState state_ = TurnState::kIdle;

  std::size_t step_ = 0;
  bool step_begun_ = false;
  milliseconds step_began_{0};
};

}  // namespace centralita::replay
