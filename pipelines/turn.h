// Whose turn it is: the one state machine of a call.
//
//            .--------------------------- ending <--- from anywhere
//   idle -> listening -> processing -> speaking -> listening
//     '--------------------------------^   |  ^        ^
//                 tool_executing <-> processing        |
//                                          '-> interrupted -> processing
//
// One writer: the call, on its shard. A transition that is not drawn is a bug of ours: it aborts in
// a debug build, and in a release build it is refused and logged while the call goes on.
#pragma once

#include <functional>

namespace centralita {

enum class TurnState {
  kIdle,           // connected, nobody has had the word yet
  kListening,      // the caller's turn, whether speaking or not
  kProcessing,     // the caller's turn is over; transcript, reply or first audio awaited
  kToolExecuting,  // the model waits for a tool
  kSpeaking,       // the agent's audio goes out or is still being played
  kInterrupted,    // barge-in: what was queued is being dropped
  kEnding,         // the last words, then hang-up; final
};

const char* name_of(TurnState state);  // "listening", "tool_executing", ...
bool is_legal(TurnState from, TurnState to);

class Turn {
 public:
  using Listener = std::function<void(TurnState from, TurnState to)>;
  explicit Turn(Listener on_change) : on_change_(std::move(on_change)) {}

  TurnState state() const { return state_; }
  // Entering the state one is in is no change. Returns whether the machine is now in `to`.
  bool set_state(TurnState to);

 private:
  TurnState state_ = TurnState::kIdle;
  Listener on_change_;
};

}  // namespace centralita
