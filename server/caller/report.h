// CallReport is all that a call left behind, and what is made of it for people and for programs.
// Times are milliseconds of the call, from the start of its stream, unless they say otherwise.
#pragma once

#include "plugins/base/json.h"
#include "server/caller/turn_log.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace centralita::caller {

struct WebhookOutcome {
  std::string url;
  int status = 0;      // 0: no answer
  double took_ms = 0;  // real time
  std::string answer;  // the TwiML or the simulator's start, in short
};

struct MarkRecord {
  std::string name;
  double received_ms = 0;
  std::optional<double> echoed_ms;  // none: the call ended first
  bool cleared = false;             // echoed because of a clear
};

struct ClearRecord {
  double at_ms = 0;
  double dropped_ms = 0;  // of audio
  std::size_t marks = 0;  // echoed by it
};

struct TranscriptRecord {
  double at_ms = 0;
  std::string role, text;
  int turn = 0;
  bool interrupted = false;
};

struct EventRecord {
  double at_ms = 0;
  std::string kind;  // "say", "barge-in", "dtmf", "state", "error", "end", "closed", "note"
  std::string text;
};

struct CallReport {
  // Empty: answered and ended normally. Else a word for counting ("stream-refused") and a sentence.
  std::string failure_kind, failure;

  std::string way;  // "webhook", "stream", "simulator"
  std::string from, to, call_sid, stream_sid;
  std::optional<WebhookOutcome> webhook;
  std::string stream_url;
  bool answered = false;
  double setup_ms = 0;     // real time from the first request to the open stream
  double duration_ms = 0;  // of the stream
  int close_code = 0;
  std::string close_reason;
  bool ended_by_agent = false;
  std::string end_cause;  // simulator

  std::vector<Turn> turns;
  std::vector<MarkRecord> marks;
  std::vector<ClearRecord> clears;
  std::vector<TranscriptRecord> transcripts;
  std::vector<std::string> server_timings;  // simulator: JSON texts
  std::vector<EventRecord> events;
  std::vector<std::string> violations;  // the first twenty
  std::uint64_t violation_count = 0;

  std::uint64_t frames_sent = 0, media_received = 0, underrun_ticks = 0;
  double audio_received_ms = 0, discarded_ms = 0;
  double worst_tick_ms = 0;  // real time: how late this telephone itself was at its worst
  std::vector<float> lateness_ms, gaps_ms;  // see TurnLog

  int rate_hz = 8000;
  std::vector<std::int16_t> heard, said;  // both from 0, when the plan keeps audio

  bool ok() const { return failure.empty(); }
};

struct Percentiles {
  double p50 = 0, p95 = 0, p99 = 0, max = 0;
  std::size_t count = 0;
};
// Nearest rank; all 0 of nothing.
Percentiles percentiles(std::vector<float> values);

std::string to_json(const CallReport& report);
std::string to_text(const CallReport& report);

// Caller left, agent right, the shorter one padded with silence.
std::vector<std::int16_t> interleave(const std::vector<std::int16_t>& left,
                                     const std::vector<std::int16_t>& right);

}  // namespace centralita::caller
