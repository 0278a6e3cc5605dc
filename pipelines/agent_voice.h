// The agent's side of a call: each reply from the moment it is asked for to the moment it has been
// heard, its frames and marks on their way to the far end, and which of its words have arrived.
//
// It decides nothing: the call asks it to begin, to drop all, and is told when a reply has been
// heard to its end. One thread: the call's.
#pragma once

#include "pipelines/call_sink.h"
#include "pipelines/heard_ledger.h"
#include "pipelines/media_peer.h"
#include "pipelines/reply.h"
#include "pipelines/wire_format.h"
#include "plugins/base/io_context.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace centralita {

class AgentVoice final : public CallSinkListener {
 public:
  struct Handlers {
    std::function<int()> take_number;   // of the next turn of the call
    std::function<void()> on_speaking;  // a clause begins to go out (inside a push)
    std::function<void(std::span<const std::uint8_t> frame, Time play_begins)> on_sent;
    std::function<void()> on_cleared;  // what has not been played never will be
    std::function<void(std::uint32_t reply)> on_played;
    std::function<void(TurnFinished)> on_turn;  // heard to its end, or cut off
  };
  struct Settings {
    WireFormat format;
    Time slowest_character{std::chrono::milliseconds(90)};  // see HeardLedger
  };

  AgentVoice(IoContext io, const Settings& settings, MediaPeer& peer, Handlers handlers);

  bool busy() const { return !replies_.empty(); }
  // Something of a reply has gone out, and it is under way still.
  bool speaking() const;
  bool has(std::uint32_t reply) const { return replies_.contains(reply); }
  // Of a reply whose last frame has been sent: it is being played.
  bool sent_all() const { return static_cast<bool>(mark_timer_); }
  bool has_spoken() const { return first_sound_.has_value(); }
  std::optional<Time> first_sound() const { return first_sound_; }  // of the call
  // Whether all words of the newest reply so far have been heard; true when there are none.
  bool all_heard() const;
  // When all that has been sent so far will have been played; the past when it has been.
  Time plays_until() const { return plays_until_; }

  // Replies have the dialog's numbers. One that was dropped does not come back.
  Reply* begin(std::uint32_t reply);
  Reply* find(std::uint32_t reply);
  // A reply that has been made ahead: from now on it is one like any other.
  void adopt(std::uint32_t reply, Reply made);
  void clause_came(std::uint32_t reply, const std::string& text);

  void mark_played(const std::string& name);

  // What the dialog must be told when all is dropped now: the heard part of its last reply; nothing
  // when that reply has not a word yet. See CallPipeline::interrupt.
  std::optional<std::string> heard_of_newest() const;
  // Everything under way ends with what was heard of it.
  void drop_all();
  // As drop_all, and nothing goes out any more.
  void stop();

  void on_frame(std::span<const std::uint8_t> frame, Time play_begins) override;
  void on_clause_begins(const ClauseStart& clause, Time play_begins) override;
  void on_clause_ends(ClauseTag tag, Time play_ends) override;
  void on_reply_ends(std::uint32_t turn, Time play_ends) override;
  void on_cleared(bool far_end_plays) override;

 private:
  void drop(bool call_over);
  void begin_clause(const ClauseStart& clause);
  void played(std::uint32_t reply);
  void end_reply(std::uint32_t reply, const std::string& heard, bool interrupted);

  const IoContext io_;
  const Settings settings_;
  MediaPeer& peer_;
  const Handlers handlers_;
  HeardLedger ledger_;
  std::map<std::uint32_t, Reply> replies_;     // under way
  std::optional<ClauseStart> pending_clause_;  // its first frame has not gone out yet
  std::uint32_t dropped_through_ = 0;
  std::optional<Time> first_sound_;
  Time plays_until_{0};
  Slot mark_timer_;
  bool stopped_ = false;
};

}  // namespace centralita
