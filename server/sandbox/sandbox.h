// The sandbox: a local server that speaks the wire protocols of Groq (transcription, chat) and
// Azure Speech (synthesis) with offline engines behind them, so that a call can be held without an
// account.
//
//   Sandbox sandbox(context);                       // in a test: the context that the test runs
//   auto port = sandbox.start({.port = 0});         // Result: the port that it listens on
//   ... GROQ_BASE_URL=http://127.0.0.1:PORT/openai/v1, AZURE_SPEECH_ENDPOINT=http://127.0.0.1:PORT
//   ...
//
// Endpoints: /openai/v1/{audio/transcriptions,chat/completions,models}, /cognitiveservices/v1,
// /cognitiveservices/voices/list, /sts/v1.0/issueToken; and the sandbox's own /sandbox/{faults,
// latency,requests,phrases}. Every key is right but an empty one and "wrong-key".
// A request may ask for a fault of its answer with the header X-Sandbox-Fault (faults.h).
//
// All functions on the thread that runs the context. Recognition and synthesis run on two worker
// threads each; the destructor waits for what they have under way.
#pragma once

#include "plugins/base/ref.h"
#include "plugins/base/result.h"

#include <memory>
#include <span>
#include <string>

namespace centralita::sandbox {

struct SandboxSettings {
  std::string host = "127.0.0.1";  // an address
  int port = 0;                    // 0: any
  bool groq = true;                // which providers it speaks for
  bool azure = true;
};

class Sandbox {
 public:
  explicit Sandbox(Ref<GMainContext> context);
  ~Sandbox();

  Result<int> start(const SandboxSettings& settings = {});  // the port
  int port() const;                                         // 0 when not listening
  void stop();                                              // closes every connection

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `centralita sandbox`: args[0] is "sandbox". Returns the process's exit status.
int sandbox_main(std::span<char*> args);

}  // namespace centralita::sandbox

namespace centralita {
using sandbox::sandbox_main;
}
