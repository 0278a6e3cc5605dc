// What agents say word for word, synthesised before anybody calls: the greeting, the apology and
// the goodbye, in each agent's voice. It is kept in a folder for the next start and in memory for
// calls, which thus begin without a wait, and can apologise while the synthesizer is what fails.
//
// Made at start and when an agent is changed, one sentence after the other, by the very pipelines
// that calls run through. Sentences with a {{variable}} that each call fills otherwise are left
// out. When the synthesizer fails it is tried again a minute later. Main thread.
#pragma once

#include "plugins/base/io_context.h"
#include "server/store/store.h"

#include <gst/gst.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace centralita {

class CallPipeline;

class PreparedSpeech {
 public:
  // `launch_text`: of a client type. `folder`: of the phrases; empty: nothing is prepared.
  PreparedSpeech(IoContext io, store::Store& store, std::string folder,
                 std::function<Result<std::string>(const std::string&)> launch_text);
  ~PreparedSpeech();

 private:
  struct Job {
    std::string agent, client_type;
  };

  void look_soon(std::chrono::milliseconds pause);
  void look();
  void next();
  void prepare(const Job& job, const AgentConfig& agent);
  void on_message(GstMessage* message);

  const IoContext io_;
  store::Store& store_;
  const std::string folder_;
  const std::function<Result<std::string>(const std::string&)> launch_text_;
  std::deque<Job> jobs_;
  std::unique_ptr<CallPipeline> pipeline_;
  int under_way_ = 0;    // phrases of the pipeline
  std::string problem_;  // the synthesizer's, of this pass
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  Slot timer_, step_, watch_;
};

}  // namespace centralita
