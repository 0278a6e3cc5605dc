// ScriptPlayer is the caller's mouth and ear: it is stepped once a 20 ms frame with what the agent
// does, and answers with the frame that the caller sends and what else it does in it.
//
//   const auto action = player.next({.agent_voiced = is_voiced(heard), .buffered = playout > 0},
//   frame);
//
// Time is the number of frames. A step that waits for the agent fails after its time-out.
//
// Pure: no clock, no thread of its own.
#pragma once

#include "server/caller/script.h"
#include "server/caller/voicing.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>

namespace centralita::caller {

// A recording at the wire's rate, shared by all calls that say it.
struct Clip {
  std::vector<std::int16_t> samples;
  std::optional<VoicedSpan> voiced;  // in samples
};
using Clips = std::map<std::string, std::shared_ptr<const Clip>>;  // by the file's name

struct PlayerSettings {
  std::chrono::milliseconds timeout{30000};  // of steps that wait for the agent
  std::optional<double> noise_dbfs;          // RMS of the background between speech; none: silence
};

class ScriptPlayer {
 public:
  // `clips` has every file of the script.
  ScriptPlayer(const Script& script, const Clips& clips, int rate_hz, PlayerSettings settings);

  struct Heard {
    bool agent_voiced = false;  // in the frame that was played last
    bool buffered = false;      // more is waiting to be played
  };
  struct Spoken {
    std::string file;
    bool barge_in = false;
    std::uint64_t frame = 0;  // at which the recording began
    std::optional<VoicedSpan> voiced;
  };
  struct Action {
    std::optional<char> dtmf;
    std::optional<Spoken> began;         // a recording begins with this frame
    bool hang_up = false;                // the frame is not to be sent
    std::optional<std::string> failure;  // the same, and why
  };
  Action next(Heard heard, std::span<std::int16_t> frame);

  // The step under way: "step 2 of 5 (wait-reply)".
  std::string where() const;
  // True when the script has nothing left but to wait for the end or to hang up.
  bool may_end() const;
  std::uint64_t frames() const { return now_; }

 private:
  using Frames = std::uint64_t;
  void hear(Heard heard);
  bool advance(Action& action);  // true: the next step begins within the same frame
  void enter_next_step();
  bool waited_too_long(Action& action, const char* what);
  void fill(std::span<std::int16_t> frame);
  bool begin_speech(Action& action, bool barge_in);
  bool agent_spoke() const { return run_ && !run_->consumed; }

  const std::vector<Step> steps_;
  const Clips clips_;
  const int rate_;
  const PlayerSettings settings_;
  std::vector<std::int16_t> noise_;
  std::size_t noise_at_ = 0;

  Frames now_ = 0;
  std::size_t step_ = 0;
  Frames step_began_ = 0;
  std::size_t digit_ = 0;
  std::shared_ptr<const Clip> clip_;  // being said
  std::size_t clip_at_ = 0;

  // What the agent is saying or said last. `consumed` once a step has had it: what comes next is
  // new.
  struct Run {
    Frames began, last;
    bool consumed = false;
  };
  std::optional<Run> run_;
  Frames quiet_since_ = 0;
};

}  // namespace centralita::caller
