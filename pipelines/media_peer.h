// The far end of a call as the call sees it: a media stream of a carrier or of a browser.
// Implemented by the server's sessions; everything on the call's shard.
#pragma once

#include "pipelines/call_records.h"
#include "pipelines/turn.h"

#include <cstdint>
#include <span>
#include <string>

namespace centralita {

class MediaPeer {
 public:
  virtual ~MediaPeer() = default;

  // One frame in the call's WireFormat.
  virtual void send_audio(std::span<const std::uint8_t> frame) = 0;
  // Comes back through Call::mark_played() when all audio before it has been played or cleared.
  virtual void send_mark(const std::string& name) = 0;
  // Drop what has not been played.
  virtual void send_clear() = 0;
  // The call is over; said once, last. The call is still inside a function of its own: delete it
  // later.
  virtual void hang_up(const CallEnded& end) = 0;

  // For peers that show the conversation while it goes on.
  virtual void show_state(TurnState) {}
  virtual void show_turn(const TurnFinished&) {}
  // The agent's words as they come, a clause at a time; show_turn() of the same turn follows with
  // what was heard.
  virtual void show_clause(int turn, const std::string& text) {}
  // When the first audio of an agent's turn goes out.
  virtual void show_timings(int turn, const TurnTimings&) {}
  virtual void show_tool(const ToolFinished&) {}
  virtual void show_error(const std::string& code, const std::string& text) {}
  virtual void show_event(const CallEvent&) {}
};

}  // namespace centralita
