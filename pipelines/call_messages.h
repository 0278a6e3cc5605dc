// The messages of a call's pipeline, taken apart: who listens gets values and not GstStructures.
#pragma once

#include "plugins/base/provider_error.h"

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace centralita {

// Times are of the media clock.
class CallMessageListener {
 public:
  using Time = std::chrono::nanoseconds;
  struct Transcript {
    std::string text;
    Time start, end;  // of the speech
    int wait_ms;      // end of the utterance to answer
  };
  struct ToolCalled {
    std::uint32_t reply;
    std::string id, name, arguments;
  };
  enum class Stage { kFirstToken, kFirstAudio };
  enum class Service { kTranscription, kModel, kVoice };

  virtual ~CallMessageListener() = default;
  virtual void on_speech_start(Time onset) = 0;
  virtual void on_speech_end(Time last_voiced) = 0;
  // Perhaps the end: an end, or a resume, follows.
  virtual void on_speech_pause(Time last_voiced) = 0;
  virtual void on_speech_resume(Time onset) = 0;
  virtual void on_speech_probable(
      Time onset) = 0;  // may be a start; a start or a rejection follows
  virtual void on_speech_rejected() = 0;
  virtual void on_transcript(const Transcript& transcript) = 0;
  // What the caller has said before a pause. The same words come as a transcript when that was the
  // end; otherwise it is withdrawn, as is one that was asked for and has not come.
  virtual void on_words_so_far(const Transcript& transcript) = 0;
  virtual void on_words_withdrawn() = 0;
  virtual void on_reply_started(std::uint32_t reply) = 0;
  virtual void on_clause(std::uint32_t reply, const std::string& text) = 0;
  // Of the first clause.
  virtual void on_stage(std::uint32_t reply, Stage stage, int latency_ms) = 0;
  // What the reply says it waits for, in the model's words: see expectation_named().
  virtual void on_expects(const std::string& what) = 0;
  virtual void on_tool_call(const ToolCalled& call) = 0;
  virtual void on_provider_error(const ProviderError& error) = 0;
  // For good; its error came before. `reply`: whose; 0: of a transcription.
  virtual void on_provider_failed(Service service, std::uint32_t reply) = 0;
  virtual void on_pipeline_error(const std::string& text, const std::string& debug) = 0;
  virtual void on_pipeline_warning(const std::string& text, const std::string& debug) = 0;
};

void hand_over(GstMessage* message, CallMessageListener& listener);

}  // namespace centralita
