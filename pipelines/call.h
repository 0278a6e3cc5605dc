// One call, from answer to end: the caller's audio goes into the pipeline, the agent's audio comes
// out of it, and whose turn it is is decided here and nowhere else.
//
//   media stream --caller_audio()--> [ CallPipeline ] --frames, marks, clear--> MediaPeer
//                 --mark_played()->     |  messages
//                 --key_pressed()->  Turn, AgentVoice --records, events--> CallObserver
//                                    Interruption, Patience, DtmfCollector: the rules
//
// Created, answered (start), talking, ended. Lives on one shard: every function is called on the
// thread of its IoContext. It ends by itself for any reason and then says so once, through the
// peer's hang_up(); after that it does nothing any more and can be deleted from outside its own
// functions.
#pragma once

#include "pipelines/agent_voice.h"
#include "pipelines/briefing.h"
#include "pipelines/call_context.h"
#include "pipelines/call_messages.h"
#include "pipelines/call_pipeline.h"
#include "pipelines/call_records.h"
#include "pipelines/dtmf_collector.h"
#include "pipelines/echo_watch.h"
#include "pipelines/endpointing.h"
#include "pipelines/filler.h"
#include "pipelines/heard_wait.h"
#include "pipelines/interruption.h"
#include "pipelines/media_peer.h"
#include "pipelines/media_tap.h"
#include "pipelines/patience.h"
#include "pipelines/toolbox.h"
#include "pipelines/turn.h"
#include "pipelines/turn_merge.h"
#include "pipelines/usage_meter.h"
#include "pipelines/word_rules.h"

#include <functional>
#include <memory>
#include <string>

namespace centralita {

class Call final : private CallMessageListener {
 public:
  struct Options {
    CallStarted info;
    AgentConfig agent;  // as it is stored; the call fills its variables in
    std::string launch;
    std::string phrase_folder = {};        // see CallPipeline
    WireFormat format;                     // of the caller's audio
    std::optional<WireFormat> out_format;  // of the agent's, where it is another
    Variables variables;                   // what came with the call: see briefing.h
    MediaTap* tap = nullptr;               // who listens; outlives the call
    TelephoneLine* line = nullptr;         // null: in a browser. Outlives the call
  };

  Call(IoContext io, Options options, MediaPeer& peer, CallObserver& observer);
  ~Call() override;

  // Builds the pipeline and greets. When that fails the call ends (hang_up) with the reason.
  void start();

  void caller_audio(std::span<const std::uint8_t> audio);  // whole samples in the wire format
  void mark_played(const std::string& name);
  void key_pressed(char key);  // RFC 4733: 0-9 * # A-D
  // Words of the caller's that were written instead of spoken. They interrupt as speech does.
  void typed(const std::string& text);
  void caller_hung_up();
  // A machine has answered and plays its greeting: nothing is said and nothing is listened to,
  // until leave_message() or the end.
  void hush();
  // Says `text`, whatever else was being said, and then ends the call.
  void leave_message(const std::string& text, const std::string& cause);
  // Somebody is being rung whom the caller shall be handed to; until that ends the call, or it is
  // told why they could not be reached.
  void other_party_rings();
  void came_back(const std::string& why);
  // Tells the agent something, from its next reply on; see call_context.h.
  void add_context(const Variables& variables, const std::string& note);
  // Says the apology, whatever else was being said, and then ends the call as failed.
  void give_up(const std::string& cause, const std::string& error) { apologise(cause, error); }
  // Ends the call at once, for a reason outside of it.
  void end(const std::string& cause, const std::string& error = "");

  const std::string& session_id() const { return options_.info.session_id; }
  TurnState state() const { return turn_.state(); }
  bool ended() const { return ended_; }

 private:
  static constexpr char kPipelineError[] = "pipeline-error";

  using Time = Clock::TimePoint;

  // The stages of a turn have deadlines of their own; this is for the case that all of them fail.
  static constexpr std::chrono::seconds kTurnLimit{12};

  // --- What the pipeline says ---
  void on_message(GstMessage* message);
  void on_speech_start(Time onset) override;
  void on_speech_end(Time last_voiced) override;
  void on_speech_pause(Time last_voiced) override;
  void on_speech_resume(Time onset) override;
  void on_speech_probable(Time onset) override;
  void on_speech_rejected() override;
  // Inside a push of the pipeline: whether the dialog shall get these words of the caller's.
  bool on_words(const std::string& text, Time began);
  void on_transcript(const Transcript& transcript) override;
  void on_words_so_far(const Transcript& transcript) override;
  void on_words_withdrawn() override;
  void on_reply_started(std::uint32_t number) override;
  void on_clause(std::uint32_t number, const std::string& text) override;
  void on_stage(std::uint32_t number, Stage stage, int latency_ms) override;
  void on_expects(const std::string& what) override;
  void on_tool_call(const ToolCalled& call) override;
  void on_provider_error(const ProviderError& error) override;
  void on_provider_failed(Service service, std::uint32_t reply) override;
  void on_pipeline_error(const std::string& text, const std::string& debug) override;
  void on_pipeline_warning(const std::string& text, const std::string& debug) override;

  // --- Decisions ---
  void on_state(TurnState from, TurnState to);
  std::uint32_t say(const std::string& text);
  // Says it, if it is anything, and ends the call when it has been heard.
  void say_and_end(const std::string& text, const std::string& cause);
  bool may_interrupt() const;
  void act(Interruption::Action action, const char* reason);
  void speech_over_echo(Time onset);  // I/O clock
  void let_go();                      // nothing holds the agent's voice any more
  void barge_in();
  void cut_replies();  // stops and drops all that is under way, and notes what of it was heard
  void on_played(std::uint32_t number);
  void caller_may_speak();
  void caller_said(int number, const std::string& text, WallTime began,
                   std::chrono::milliseconds length);
  void caller_goes_on(Time onset);  // after the end of a turn whose answer is not heard yet
  void take_back_merged(Time start);
  void agent_heard();  // the first sound of the answer: the caller's turn is what it was
  void look_for_goodbye(std::uint32_t reply, const std::string& words);
  void say_first(const std::string& text, std::function<void(bool)> then);
  void filler_due();
  void comfort_later();
  // The agent learns of something that has happened, and says what there is to say about it.
  void notice(const std::string& text);
  void tool_answered(const std::string& id, const std::string& result);
  bool may_speculate() const;
  void withdraw_speculation();
  void confirm_speculation();
  // Under way, or made ahead; null: none of these.
  Reply* reply_of(std::uint32_t number);
  void keys_complete(const std::string& keys);
  void answer_written(const std::string& text);
  // After anything has happened: what depends on who speaks at the moment.
  void look_around();
  void patience_over();
  void apologise(const std::string& cause, const std::string& error);
  Time apologise_without_pipeline();
  void play_apology();   // the recorded one
  void watch_silence();  // that it does not last
  // Whether the turn that failed is made again, once, within `limit` of the caller's waiting.
  bool try_turn_again(Service failed, Time limit);
  std::function<bool()> what_again(Service failed);
  void finish(const std::string& status, const std::string& cause, const std::string& error);
  void turn_finished(TurnFinished turn);
  void tell(const char* name, const std::string& detail);
  void tool_finished(const Toolbox::Run& run);
  CallUsage usage() const;

  Time media_now() const { return io_.now() - media_start_; }

  const IoContext io_;
  const Options options_;
  MediaPeer& peer_;
  CallObserver& observer_;
  const Time began_;
  Turn turn_;
  std::unique_ptr<CallPipeline> pipeline_;

  // The media clock: zero when the first of the caller's audio came.
  Time media_start_{0};
  WallTime media_start_wall_{};
  bool media_started_ = false;
  GstClockTime next_pts_ = 0;

  // The caller. Times are of the media clock.
  bool caller_speaking_ = false;
  Time caller_onset_{0};      // of what the caller is saying or said last
  int endpointing_ms_ = 0;    // of what the caller said last
  Time voiced_end_{0};        // of the last utterance that was the caller's turn
  TurnTimings next_timings_;  // of the reply to what the caller said last
  Endpointing endpointing_;
  TurnMerge merge_;
  Interruption interruption_;
  EchoWatch echo_;
  Patience patience_;
  DtmfCollector keys_;
  Toolbox tools_;
  Filler filler_;
  const WordRules words_;
  HeardWait heard_wait_;
  CallContext context_;
  UsageMeter meter_;

  // The agent.
  AgentVoice voice_;
  std::uint32_t greeting_ = 0;  // the dialog's number of the first message

  // The reply to what the caller has said before a pause, while it is not sure that it was all.
  struct Speculation {
    std::uint32_t number;  // the dialog's
    std::string words;
    Reply reply;
    bool failed = false;  // for good; matters when it is confirmed
  };
  std::optional<Speculation> speculation_;
  int withdrawn_ = 0;  // requests made ahead for nothing

  int turns_ = 0;
  int tool_calls_ = 0;
  std::optional<std::uint32_t> last_reply_;  // hang up when it has been played
  std::string last_cause_, last_error_;      // why, when that is so
  std::string provider_error_;               // newest sentence of a provider
  ProviderFault fault_;                      // the same, for who counts
  bool may_pass_ = false;                    // the same
  std::optional<Time> retry_after_;          // the same, when the provider said so
  bool turn_retried_ = false;                // the turn under way
  std::optional<std::pair<std::uint32_t, std::string>> said_;  // last, word for word
  std::uint32_t apology_ = 0;                                  // the dialog's number of it
  bool recording_played_ = false;
  Time agent_heard_until_{0};  // I/O clock: when the last frame that was sent will have been played
  Time waiting_since_{0};      // I/O clock: since when the caller waits for the agent
  Time wait_said_until_{0};    // I/O clock: when the recorded "one moment" will have been played
  bool hushed_ = false;
  bool ended_ = false;

  Slot patience_timer_, length_timer_, watchdog_, interruption_timer_, keys_timer_, apology_timer_,
      silence_timer_, filler_timer_, retry_timer_;
  Slot comfort_timer_;   // while another party is rung
  Slot farewell_timer_;  // while a call that has ended is apologised for
};

}  // namespace centralita
