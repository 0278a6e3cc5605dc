// The tools of an agent in one call: what the model is told of them, and what happens when it calls
// one. Which call ends the conversation is told to who asks; all others are run here.
//
//   Toolbox tools(io, agent, session_id, {.on_result = ..., .on_event = ...});
//   dialog: tools = tools.description()
//   on a tool call:   if (tools.is_end_call(name)) ...; else tools.run(turn, id, name, arguments);
//
// The IoContext's thread only. A result is given exactly once, also when the model calls a tool
// that there is not or with arguments that are wrong; none is given any more when the Toolbox is
// gone.
#pragma once

#include "pipelines/agent_config.h"
#include "pipelines/telephone_line.h"
#include "pipelines/tool_request.h"
#include "plugins/base/json.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace centralita {

class Toolbox {
 public:
  // A call of the model's, from its arguments to its result.
  struct Run {
    std::uint32_t turn = 0;
    std::string id, name, arguments;
    Clock::TimePoint began{0};
    bool ok = false;
    std::string result;
  };
  struct Handlers {
    // For the model, as data.
    std::function<void(const std::string& id, const std::string& result)> on_result;
    // For the call's log; the detail is JSON. "tool": name, arguments, outcome ("ok", "failed",
    // "refused"), duration_ms, and of a web service status and tries. "callback": at, number, note.
    std::function<void(const char* name, const std::string& detail)> on_event;
    // For the history, before on_result.
    std::function<void(const Run& run)> on_finished;
    // Says `text` (empty: nothing more) and calls `then` when all of the agent's words have been
    // heard: with false when the caller spoke instead.
    std::function<void(const std::string& text, std::function<void(bool heard)> then)> say_first;
  };

  // `line`: null where there is no telephone. Outlives the Toolbox.
  Toolbox(IoContext io, const AgentConfig& agent, std::string session_id, Handlers handlers,
          TelephoneLine* line = nullptr);

  std::string description() const;  // llmdialog's property "tools"; empty: there are none
  bool is_end_call(const std::string& name) const;
  // A web service: one that may let the caller wait.
  bool is_service(const std::string& name) const;
  void run(std::uint32_t turn, const std::string& id, const std::string& name,
           const std::string& arguments);
  // What is under way still is finished: a transfer that has ended the call has succeeded; of all
  // else nobody learns the answer any more.
  void call_over(bool transferred);

 private:
  void schedule_callback(Run run);
  void transfer(Run run);
  void send_dtmf(Run run);
  std::string transfer_parameters() const;
  void ask_service(const HttpTool& tool, Run run);
  // One that is answered later, by finish(); its number.
  std::uint64_t begin(Run run);
  void finish(std::uint64_t number, const char* outcome, const std::string& result,
              json::Object event = {});
  // `outcome` is "ok", "failed" or "refused"; `event` holds what else is known.
  void answer(Run run, const char* outcome, const std::string& result, json::Object event = {});

  const IoContext io_;
  const bool end_call_, schedule_callback_, send_dtmf_;
  const std::map<std::string, std::string> transfer_to_;  // numbers by name
  const std::string transfer_message_;
  const TransferOrder transfer_;  // how it is done, whoever it is to
  const std::vector<std::string> redacted_;
  const std::vector<HttpTool> tools_;
  const std::string session_id_;
  const Handlers handlers_;
  TelephoneLine* const line_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what answers later
  std::uint64_t last_begun_ = 0;
  std::map<std::uint64_t, Run> begun_;  // and not finished; two may have the same id
  std::map<std::uint64_t, Slot> requests_;
};

}  // namespace centralita
