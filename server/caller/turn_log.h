// TurnLog is told what went over the wire and what was heard, and says afterwards who spoke when.
// All times are milliseconds of the call: 0 is when the stream was started.
//
//   log.caller_spoke({.file = "hello.wav", .first_voiced_ms = 3010, .last_voiced_ms = 4480});
//   log.audio_arrived(5100, samples);     // a media message of the agent
//   log.cleared(7300);
//   log.heard(agent_voiced);              // each 20 ms frame of playout, in order
//   for (const Turn& turn : log.turns()) ...
//
// Turn 0 is the greeting, before the caller has said anything. Pure.
#pragma once

#include "server/caller/voicing.h"

#include <cstdint>
#include <string>
#include <vector>

namespace centralita::caller {

struct Utterance {
  std::string file;
  bool barge_in = false;
  double first_voiced_ms = 0, last_voiced_ms = 0;
};

struct Turn {
  std::optional<Utterance> caller;  // none in turn 0
  // The agent's audio that answers it: the first that arrived once the caller had ended.
  std::optional<double> first_audio_ms;   // arrival of the first message, silent or not
  std::optional<double> first_voiced_ms;  // arrival of the first message with voice
  std::optional<double> heard_from_ms;    // first and last voiced frame of it in playout
  std::optional<double> heard_to_ms;
  double audio_ms = 0;  // of its voiced part, at the wire
  // Caller's last voiced sample to the agent's first voice at the wire; from 0 in turn 0.
  std::optional<double> response_ms;
  // The same to what is heard.
  std::optional<double> heard_response_ms;
  // The agent began while the caller was still speaking: then there is no response time.
  bool agent_began_early = false;
  // The agent was speaking when the caller began: how long it was still heard.
  std::optional<double> talked_over_ms;
};

class TurnLog {
 public:
  explicit TurnLog(int rate_hz) : rate_(rate_hz) {}

  void caller_spoke(Utterance utterance) { utterances_.push_back(std::move(utterance)); }
  void audio_arrived(double at_ms, std::span<const std::int16_t> samples);
  void cleared(double at_ms);
  void heard(bool voiced) { heard_.push_back(voiced); }

  std::vector<Turn> turns() const;

  // How late each message arrived: its arrival less the time at which everything before it in the
  // same run of audio had been played. Negative: ahead. And the time since the message before.
  const std::vector<float>& lateness_ms() const { return lateness_ms_; }
  const std::vector<float>& gaps_ms() const { return gaps_ms_; }

 private:
  struct Burst {        // a run of voice: until half a second without, or a clear
    double arrived_ms;  // of the message where the voice begins
    double play_to_ms;  // when the last of it would be played
    double voiced_ms = 0;
    bool cleared = false;
  };
  void add_voiced(double arrived_ms, double play_from_ms, double length_ms);
  void add_agent(Turn& turn, double from_ms, double until_ms) const;
  std::optional<double> next_heard(double from_ms, double until_ms) const;
  std::optional<double> last_heard(double from_ms, double until_ms) const;

  int rate_;
  std::vector<Utterance> utterances_;
  std::vector<Burst> bursts_;
  std::vector<double> arrivals_ms_;
  std::vector<bool> heard_;
  std::vector<float> lateness_ms_, gaps_ms_;
  double play_end_ms_ = 0;
  double last_arrival_ms_ = 0;
  bool in_run_ = false;
};

}  // namespace centralita::caller
