// One call, from answer to end: the caller's audio goes into the pipeline, the agent's audio comes
// out of it, and whose turn it is is decided here and nowhere else.
//
//   media stream --caller_audio()--> [ CallPipeline ] --frames, marks, clear--> MediaPeer
//                 --mark_played()->     |  messages
//                                    Turn, HeardLedger --records--> CallObserver
//
// Created, answered (start), talking, ended. Lives on one shard: every function is called on the
// thread of its IoContext. It ends by itself for any reason and then says so once, through the
// peer's hang_up(); after that it does nothing any more and can be deleted from outside its own
// functions.
#pragma once

#include "pipelines/briefing.h"
#include "pipelines/call_pipeline.h"
#include "pipelines/call_records.h"
#include "pipelines/heard_ledger.h"
#include "pipelines/media_peer.h"
#include "pipelines/turn.h"

#include <map>
#include <memory>
#include <string>

namespace centralita {

class Call final : private CallSinkListener {
 public:
  struct Options {
    CallStarted info;
    AgentConfig agent;  // as it is stored; the call fills its variables in
    std::string launch;
    WireFormat format;
    Variables variables;  // what came with the call: see briefing.h
  };

  Call(IoContext io, Options options, MediaPeer& peer, CallObserver& observer);
  ~Call() override;

  // Builds the pipeline and greets. When that fails the call ends (hang_up) with the reason.
  void start();

  void caller_audio(std::span<const std::uint8_t> audio);  // whole samples in the wire format
  void mark_played(const std::string& name);
  void caller_hung_up();
  // Ends the call at once, for a reason outside of it.
  void end(const std::string& cause, const std::string& error = "");

  const std::string& session_id() const { return options_.info.session_id; }
  TurnState state() const { return turn_.state(); }
  bool ended() const { return ended_; }

 private:
  using Time = Clock::TimePoint;

  // A reply of the agent, from the moment it is asked for to the moment it has been heard.
  struct Reply {
    Time asked{};
    int number = -1;                // of all turns of the call, once it has words
    std::string text;               // all clauses so far
    std::optional<WallTime> begun;  // first audio
    Time begun_at{};
    TurnTimings timings;
  };

  // --- What the pipeline says ---
  void on_message(GstMessage* message);
  void on_speech_start(const GstStructure* fields);
  void on_speech_end(const GstStructure* fields);
  void on_transcript(const GstStructure* fields);
  void on_dialog_started(const GstStructure* fields);
  void on_dialog_clause(const GstStructure* fields);
  void on_latency(const std::string& stage, const GstStructure* fields);
  void on_tool_call(const GstStructure* fields);
  void on_provider_failed();
  void on_pipeline_error(GstMessage* message);
  void on_pipeline_warning(GstMessage* message);

  // --- What goes out (inside a push of the pipeline) ---
  void on_frame(std::span<const std::uint8_t> frame, Time play_begins) override;
  void on_clause_begins(const ClauseStart& clause, Time play_begins) override;
  void on_clause_ends(ClauseTag tag, Time play_ends) override;
  void on_reply_ends(std::uint32_t turn, Time play_ends) override;
  void on_cleared(bool far_end_plays) override;

  // --- Decisions ---
  void say(const std::string& text);
  void barge_in();
  void cut_replies();  // stops and drops all that is under way, and notes what of it was heard
  void reply_played(std::uint32_t turn);
  void finish_agent_turn(std::uint32_t number, const std::string& heard, bool interrupted);
  void caller_may_speak();
  void on_idle();
  void apologise(const std::string& cause, const std::string& error);
  void finish(const std::string& status, const std::string& cause, const std::string& error);

  bool agent_busy() const { return !replies_.empty(); }
  Time media_now() const { return io_.now() - media_start_; }

  const IoContext io_;
  const Options options_;
  MediaPeer& peer_;
  CallObserver& observer_;
  Turn turn_;
  std::unique_ptr<CallPipeline> pipeline_;

  // The media clock: zero when the first of the caller's audio came.
  Time media_start_{0};
  WallTime media_start_wall_{};
  bool media_started_ = false;
  GstClockTime next_pts_ = 0;

  bool caller_speaking_ = false;
  Time voiced_end_{0};                         // media clock
  TurnTimings next_timings_;                   // of the reply to what the caller said last
  std::map<std::uint32_t, Reply> replies_;     // under way, by the dialog's number
  std::optional<ClauseStart> pending_clause_;  // its first frame has not gone out yet
  HeardLedger ledger_;
  std::uint32_t interrupted_through_ = 0;  // replies up to this number have been cut off

  int turns_ = 0;
  int idle_prompts_ = 0;
  std::optional<std::uint32_t> last_reply_;  // hang up when it has been played
  std::string last_cause_, last_error_;      // why, when that is so
  std::string provider_error_;               // newest sentence of a provider
  bool ended_ = false;

  Slot idle_timer_, duration_timer_, watchdog_, reply_timer_;
};

}  // namespace centralita
