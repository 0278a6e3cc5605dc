// The GStreamer pipeline of one call, built from a launch file and filled in with the agent's
// settings.
//
//   callsrc ! mulawtopcm ! voicevad ! groqsttsink ! llmdialog ! azurettssrc ! pcmtomulaw ! callsink
//     in                     vad         stt          dialog         tts                     out
//
// Passive: everything runs on the thread of the IoContext that it is given, push_audio() included.
// Element messages come back on that thread too, but never from inside a call into the pipeline:
// they are posted, so that whoever handles one may act on the pipeline at once.
#pragma once

#include "pipelines/agent_config.h"
#include "pipelines/call_sink.h"
#include "pipelines/launch_text.h"
#include "pipelines/wire_format.h"
#include "plugins/base/io_context.h"
#include "plugins/base/locked.h"
#include "plugins/base/result.h"
#include "plugins/dialog/variables.h"

#include <functional>
#include <memory>
#include <string>

namespace centralita {

class CallPipeline {
 public:
  struct Options {
    std::string launch;                    // text of a launch file, see launch_text()
    WireFormat format;                     // of what is pushed
    std::optional<WireFormat> out_format;  // of what comes out; empty: the same
    AgentConfig agent;
    std::string phrase_folder;  // of sentences that were prepared; empty: none were
    std::string tools;          // JSON array for the model; empty: none
    CallSinkListener* listener = nullptr;
    std::function<void(GstMessage*)> on_message;  // element, error and warning messages
    // What the caller said, and when it began (media clock), on its way to the dialog: false keeps
    // it from there. Called inside a push; it may interrupt().
    std::function<bool(const std::string& text, std::chrono::nanoseconds began)> on_words;
  };

  // The error says which element or property is missing or wrong.
  static Result<std::unique_ptr<CallPipeline>> create(const IoContext& io, Options options);
  ~CallPipeline();

  // An element of the launch text by its name; null: there is none.
  Ref<GstElement> element(const char* name) const { return place(name); }

  // To PLAYING. The error is the pipeline's own.
  Result<bool> start();

  GstFlowReturn push_audio(std::span<const std::uint8_t> audio, GstClockTime pts);

  // The agent says `text`; returns the number of the reply. See llmdialog.
  std::uint32_t say(const std::string& text);
  // Barge-in: stops generation, synthesis and playout, and cuts the dialog's last reply to `heard`;
  // empty: not a word of the reply had been made, and the one before it stays as it is.
  void interrupt(const std::optional<std::string>& heard);
  // What the caller said, otherwise than by voice.
  void respond(const std::string& text);
  // Whether the caller's words are transcribed at each pause, before it is sure that they end.
  void transcribe_ahead(bool ahead);
  // A reply to words that may not be all; returns its number. Nothing of it is heard until it is
  // confirmed; withdrawn, it leaves nothing. See llmdialog.
  std::uint32_t respond_ahead(const std::string& text);
  void confirm(std::uint32_t reply);
  void withdraw(std::uint32_t reply);
  // Keeps the agent's audio back, from the next frame on, or lets it go on at the very next sample.
  void hold(bool held);
  // What the detector of speech is to find: turns that end after the agent's silence_timeout, or
  // sounds loud enough to interrupt and over after a short pause.
  enum class Ear { kForTurns, kForBargeIn };
  // `silence`: what ends a turn, from now on.
  void listen(Ear ear, std::chrono::milliseconds silence);
  // The caller goes on: what comes next is transcribed together with what came last. False: the
  // transcriber does not have that any more.
  bool merge_next();
  // What the caller said last could not be transcribed: it is tried again. False: there is nothing
  // of that kind.
  bool transcribe_again();
  // What the caller said last has no answer: it is given one. False: it has one.
  bool answer_again();
  // Takes the caller's last words back from the dialog, for the whole that comes.
  void retract(const std::string& text);
  // Has a clause synthesised and kept that will be spoken, and a message phrase-prepared posted.
  // False: the pipeline keeps nothing.
  bool prepare(const std::string& clause);
  // Audio of the far end's format that is not made by the pipeline; see call_sink_play().
  void play(std::span<const std::uint8_t> audio, const ClauseStart* as = nullptr);
  // What the agent is told, from its next request on.
  void instruct(const std::string& instructions, const Variables& variables);
  // A sentence in the reply under way, while that has nothing to say; see llmdialog.
  bool interject(const std::string& text);
  // Answers a tool call of the model.
  void add_tool_result(const std::string& id, const std::string& content);

 private:
  CallPipeline(IoContext io, Options& options);
  static GstPadProbeReturn take_words(GstPad*, GstPadProbeInfo* info, gpointer self) noexcept;
  static GstBusSyncReply take_message(GstBus*, GstMessage* message, gpointer self) noexcept;
  Result<bool> build(Options& options);
  Ref<GstElement> place(const char* name) const;
  void remember(GstMessage* error);

  IoContext io_;
  std::shared_ptr<std::function<void(GstMessage*)>> on_message_;  // posted messages hold it weakly
  Ref<GstElement> pipeline_;
  Ref<GstElement> in_, vad_, stt_, dialog_, out_;
  std::function<bool(const std::string&, std::chrono::nanoseconds)> on_words_;
  Ear ear_ = Ear::kForTurns;
  bool ahead_;
  guint hangover_ms_;
  double turn_level_ = 0, barge_in_level_ = 0;  // dBFS
  Locked<std::optional<std::string>> error_;    // of an element, the first one; any thread
};

}  // namespace centralita
