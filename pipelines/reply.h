// A reply of the agent, from the moment it is asked for to the moment it has been heard.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/timer_queue.h"

#include <optional>
#include <string>

namespace centralita {

struct Reply {
  using Time = Clock::TimePoint;

  int number = -1;   // of all turns of the call, once it has words
  std::string text;  // all clauses so far
  TurnTimings timings;

  std::optional<Time> asked;                // the model was
  bool made_ahead = false;                  // asked before the caller's turn was over
  std::optional<Time> answers;              // the caller's last voiced sample, on the I/O clock
  std::optional<WallTime> begun;            // first frame on the wire
  Time begun_at{};                          // the same
  bool voiced = false;                      // a voiced sample is on the wire
  std::optional<Time> first_clause_played;  // by our clock

  // The stages of the model and of the synthesizer, as they come.
  void clause_came(Time now, const std::string& words);
  void first_token(Time now, int latency_ms);
  void first_audio(Time now, int latency_ms);
  // Made ahead, it is one from now on. Of its stages counts what the caller still waits for.
  void confirmed(Time now);
  // The first voiced sample goes out.
  void voice_out(Time now);
  // What of the response time no stage accounts for: to be asked when all of them are known.
  void reckon_queue();
  // The mark of the first clause has come back.
  void first_clause_heard(Time now);
};

}  // namespace centralita
