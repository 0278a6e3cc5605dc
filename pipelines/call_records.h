// What a call leaves behind: plain values, handed by the call (on its shard) to whoever keeps the
// history. `session_id` is the key of a call everywhere: unique, known before the database is
// asked.
#pragma once

#include "pipelines/call_usage.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace centralita {

using WallTime = std::chrono::system_clock::time_point;

struct CallStarted {
  std::string session_id;
  std::string client_type;  // "browser", "twilio", "telnyx"
  std::string direction = "inbound";
  std::string provider_call_id;        // the carrier's id: Twilio's CallSid
  std::string from_number, to_number;  // as the carrier gave them; empty when it did not
  std::int64_t agent_id = 0;
  std::string agent_name;
  std::string client_state;  // of whoever asked for an outbound call: opaque
  std::string trace_id;      // of W3C Trace Context; empty: the one its session_id stands for
  bool redact_pii = false;   // the agent wants nothing personal of what is said to be kept
  WallTime start_time;
};

enum class Role { kCaller, kAgent };
inline const char* name_of(Role role) { return role == Role::kCaller ? "user" : "assistant"; }

// Where the response time of an agent's turn went, in ms. Absent: the stage did not happen (a
// greeting waits for no caller) or was not reached (the reply was cut off).
struct TurnTimings {
  // Caller's last voiced sample -> the agent's first voiced sample at the wire.
  std::optional<int> response;
  std::optional<int> endpointing;  // caller's last voiced sample -> end of turn decided
  // Of a reply made ahead, what of each stage was left when the turn was over.
  std::optional<int> stt;               // end of turn decided -> transcript
  std::optional<int> llm_first_token;   // model asked -> first token of speech
  std::optional<int> llm_first_clause;  // model asked -> first clause complete
  std::optional<int> tts_first_byte;    // synthesis asked -> first audio
  std::optional<int> queue;             // the rest of `response`: between stages, and until a
                                        // voiced sample of the audio goes out
  // Caller's last voiced sample -> the agent's first one at their ear, by the first mark that comes
  // back: not later than this.
  std::optional<int> heard;
};

struct TurnFinished {
  std::string session_id;
  int number = 0;  // of all turns of the call, from 0; with session_id the key of the row
  Role role = Role::kCaller;
  std::string content;    // what was said; of the agent, what was heard
  std::string generated;  // of the agent: all that was generated, when more than was heard
  bool interrupted = false;
  WallTime timestamp;  // the turn's first sound
  std::optional<std::chrono::milliseconds> duration;
  TurnTimings timings;
};

// How far a call has come before its conversation: "queued", "ringing", "answered".
struct CallProgress {
  std::string session_id;
  std::string status;
};

// Which request it was that failed for good: as in ProviderError ("groq", "chat",
// "first-byte-timeout"). Empty: none.
struct ProviderFault {
  std::string provider, operation, code;
};

struct CallEnded {
  std::string session_id;
  std::string status;  // "completed", "failed", "voicemail"; "busy", "no-answer", "canceled"
  std::string
      end_cause;  // "caller-hung-up", "agent-hung-up", "idle", "max-duration", "provider-failed"...
  std::string error;  // sentence for people when status is "failed"
  WallTime end_time;
  // Absent: there was no conversation, so nothing was used.
  std::optional<CallUsage> usage;
  std::string cost;  // JSON, put in by who knows the prices; empty: nobody does
  ProviderFault fault = {};
};

// What has been kept of a call's sound.
struct RecordingNote {
  std::string session_id;
  std::string provider_call_id;  // the carrier's, where the session's is not known
  std::string origin = "ours";   // or "carrier"
  // "recording", "complete", "interrupted" (the server died; what was kept until then is there),
  // "stopped" (see error)
  std::string state;
  std::int64_t bytes = 0;  // of samples
  std::chrono::milliseconds duration{0};
  std::string reference;  // the carrier's id of it
  std::string error;      // a sentence
};

// Something that happened in a call, for its log.
struct CallEvent {
  std::string session_id;
  // "state" (detail: "listening -> processing"), "barge-in-suspected", "barge-in-rejected",
  // "barge-in" (detail: why), "backchannel" (detail: the words), "key", "echo",
  // "turn-continues" (the caller goes on after the end of their turn; detail: how long after),
  // "speculation-withdrawn" (detail: how many in this call), "speculation-confirmed" (detail: since
  // when it was under way).
  std::string name;
  std::string detail;
  WallTime time;
  std::chrono::milliseconds since_start{0};
};

// A tool that the model has called, when its result is there.
struct ToolFinished {
  std::string session_id;
  int number = 0;  // of all tool calls of the call, from 0; with session_id the key of the row
  std::uint32_t reply = 0;  // the dialog's number of the reply that called it
  std::string id;           // the model's
  std::string name;
  std::string arguments;                     // as the model wrote them: JSON as a rule
  std::string result;                        // what the model was told
  bool ok = false;                           // false: it failed, or was refused
  WallTime time;                             // of the call
  std::chrono::milliseconds since_start{0};  // the same, from the call's beginning
  std::chrono::milliseconds duration{0};     // from the call to the result
};

// Who is told. Called on the call's shard; must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void call_started(const CallStarted& call) = 0;
  // The caller's may come again, with the same number: they went on, and this is the whole.
  virtual void turn_finished(const TurnFinished& turn) = 0;
  virtual void call_ended(const CallEnded& end) = 0;
  virtual void call_event(const CallEvent&) {}
  virtual void tool_finished(const ToolFinished&) {}
};

}  // namespace centralita
