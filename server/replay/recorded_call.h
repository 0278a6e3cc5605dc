// What is left of a call, as a replay needs it: who said what and when, how fast the providers
// were, and what was decided. It is read from the history's own document of the call, GET
// /api/v1/calls/{id} ("call", "transcripts", "events", "tool_calls"), and a replay writes the same.
//
// Times are from the beginning of the call.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/json.h"
#include "plugins/base/result.h"
#include "server/replay/scenario.h"

#include <string>
#include <vector>

namespace centralita::replay {

struct RecordedCall {
  struct TurnOf {
    Role role;
    std::string content;    // what was said; of the agent, what was heard
    std::string generated;  // of the agent, all that was made, when it is more
    bool interrupted = false;
    milliseconds begin{0}, length{0};
    TurnTimings timings;

    const std::string& whole() const { return generated.empty() ? content : generated; }
  };
  struct Event {
    milliseconds at{0};
    std::string name, detail;
  };
  struct ToolUse {
    milliseconds at{0}, duration{0};
    std::string name, arguments, result;
    bool ok = true;
  };

  std::string client_type = "twilio";
  std::vector<TurnOf> turns;  // in the order of their numbers
  std::vector<Event> events;
  std::vector<ToolUse> tools;

  // The median of the answers' timings; nothing: none is known.
  std::optional<int> median(std::optional<int> TurnTimings::*stage) const;
};

// The error says what is missing.
Result<RecordedCall> read_recorded_call(std::string_view document);
json::Object to_json(const RecordedCall& call);

// The call again: `line` is the caller's audio, which began `offset` after the call. The model and
// the transcriber answer as they did, each as late as it did or, where that is not known, with
// their median delays; `agent` is told what it is told.
Scenario scenario_of(const RecordedCall& call, Samples line, milliseconds offset,
                     AgentConfig agent);

}  // namespace centralita::replay
