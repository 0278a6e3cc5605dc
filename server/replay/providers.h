// The three paid providers of a scripted call, on one loopback server: Groq's transcription and
// chat completions, Azure's synthesis, each in its own protocol, with the answers and the timings
// of the scenario.
//
// The transcriber knows what the caller says when: its transcript is the words of the steps of
// which more than half is in the utterance it gets. The synthesizer's voice is a recording.
#pragma once

#include "server/replay/loopback_server.h"
#include "server/replay/model_answers.h"
#include "server/replay/recordings.h"
#include "server/replay/scenario.h"
#include "server/replay/timeline.h"

namespace centralita::replay {

inline constexpr char kToolPath[] = "/tools/";        // and the tool's name
inline constexpr char kFallbackPath[] = "/fallback";  // before the path of a service that does well

class Providers {
 public:
  // What the caller said in these samples of their line.
  using WordsOf = std::function<SaidWords(std::span<const std::int16_t> samples)>;

  Providers(const Scenario& scenario, Timeline& timeline, TimerQueue& timers, WordsOf words_of);

  void on_request(const LoopbackServer::ExchangePtr& exchange);

  // What went wrong with the script itself: the model was asked more often than it answers.
  const std::string& complaint() const { return complaint_; }
  unsigned stt_requests() const { return stt_requests_; }
  unsigned llm_requests() const { return llm_requests_; }
  unsigned tts_requests() const { return tts_requests_; }
  // Before the call: nothing fails yet, and what is asked does not count.
  void before_the_call(bool so) { before_the_call_ = so; }

 private:
  using Exchange = LoopbackServer::ExchangePtr;

  void transcribe(const Exchange& exchange);
  void chat(const Exchange& exchange);
  void serve(const Exchange& exchange);  // a tool
  void synthesise(const Exchange& exchange);
  // Of the next request of `script`; of one to the fallback, the usual one.
  ProviderTiming timing_of(const char* who, const ProviderScript& script, unsigned& requests,
                           const Exchange& exchange);
  // Runs it `delay` from now unless the client has given up by then; faults are seen to.
  void answer(const char* who, const Exchange& exchange, const ProviderTiming& timing,
              std::function<void()> run);
  void later(const Exchange& exchange, milliseconds delay, std::function<void()> run);
  void stream_words(const Exchange& exchange, std::vector<std::string> words, std::size_t next);
  void stream_audio(const Exchange& exchange, std::shared_ptr<Samples> audio, int rate,
                    std::size_t next);

  const Scenario& scenario_;
  Timeline& timeline_;
  TimerQueue& timers_;
  const WordsOf words_of_;
  unsigned stt_requests_ = 0, llm_requests_ = 0, tts_requests_ = 0;
  bool before_the_call_ = false;
  ModelAnswers answers_;
  std::string complaint_;
  std::vector<Slot> pending_;
};

}  // namespace centralita::replay
