// Runs a scripted call through the production code (Call, its pipeline and every element in it)
// with time that moves only when nothing is left to do at the present moment: the same timeline
// every run, in a fraction of the time.
//
//   const auto result = run_virtual_call(*parse_scenario(text), launch);
//
// One thread, one GMainContext: caller, call and providers live in it. The clock of the call's
// IoContext jumps from one deadline to the next, and between two the context is iterated until the
// network on loopback is quiet (see LoopbackServer::settle).
#pragma once

#include "server/replay/recorded_call.h"
#include "server/replay/recordings.h"
#include "server/replay/scenario.h"

namespace centralita::replay {

struct VirtualCallResult {
  std::string timeline;
  std::string complaint;  // what is wrong with the script or the run; empty: nothing
  std::chrono::nanoseconds virtual_time{0}, wall_time{0};
  Samples heard;                                  // by the caller, of the agent
  Samples line;                                   // the caller's, from its first sample on
  std::vector<SpokenWords> spoken;                // by the caller's steps
  std::vector<milliseconds> agent_voice, clears;  // on the wire; see FarEnd
  RecordedCall record;
  unsigned stt_requests = 0, llm_requests = 0, tts_requests = 0;
};

// `also`: who follows the call besides. `launch`: the text of a launch file for a telephone call.
// gst_init() has been called; the environment names no other providers afterwards.
VirtualCallResult run_virtual_call(const Scenario& scenario, const std::string& launch,
                                   CallObserver* also = nullptr);

}  // namespace centralita::replay
