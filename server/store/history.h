// The history as it is read: plain values. Texts are empty where nothing is known, as in rows that
// the predecessor wrote.
#pragma once

#include "pipelines/call_records.h"
#include "server/store/call_filter.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace centralita::store {

struct StoreError {
  std::string code;     // see below; stable, for programs
  std::string message;  // a sentence, for people
};
inline constexpr char kBadCursor[] = "bad-cursor";
inline constexpr char kNotFound[] = "not-found";
inline constexpr char kDatabaseAway[] = "database-away";  // not reachable, or not of our schema yet
inline constexpr char kQueryFailed[] = "query-failed";    // the database refused the question
inline constexpr char kBusy[] = "busy";                   // too many questions are waiting
inline constexpr char kStopped[] = "stopped";             // the store was closed meanwhile
inline constexpr char kUncertain[] = "uncertain";  // lost while it stored: perhaps it is stored
inline constexpr char kVersionConflict[] = "version-conflict";  // somebody else was quicker
inline constexpr char kNameTaken[] = "name-taken";
inline constexpr char kUserNameTaken[] = "user-name-taken";
inline constexpr char kIsDefault[] = "is-default";  // the default agent cannot be deleted
inline constexpr char kIsDeleted[] = "is-deleted";  // it must be restored first

struct CallQuery {
  int limit = 20;      // brought into 1-200
  std::string cursor;  // CallPage::next_cursor of the page before; empty: the newest calls
  CallFilter filter;   // the same one on every page
  int offset = 0;      // calls to pass over; for who counts pages
};

struct RecordingRow {
  std::string origin;  // "ours", "carrier"
  std::string state;   // see RecordingNote
  std::int64_t bytes = 0;
  std::chrono::milliseconds duration{0};
  std::string reference, error;
};

struct CallRow {
  std::int64_t id = 0;
  std::string session_id;
  std::string client_type;  // "browser", "twilio", "telnyx", "simulator"
  std::string direction;    // "inbound", "outbound" or empty
  std::string from_number, to_number;
  std::string provider_call_id;
  std::string client_state;  // of an outbound call, as it was asked for
  std::optional<std::int64_t> agent_id;
  std::string agent_name;
  std::string status;  // "active", "completed", "failed"
  std::string end_cause;
  std::string error;
  std::string extracted_data;  // JSON text, or empty
  // "waiting", "running", "done", "failed", "skipped"; empty: the call has not ended.
  std::string extraction_state;
  std::string extraction_error;  // why it failed, or what of it could not be used
  std::string usage, cost;       // JSON text, or empty
  std::string trace_id;          // of W3C Trace Context; empty: of a version that kept none
  WallTime start_time;
  std::optional<WallTime> end_time;
  std::optional<int> agent_days;  // for how many days its agent wants it kept
  std::optional<RecordingRow> recording;
};

struct CallPage {
  std::vector<CallRow> calls;  // newest first
  std::string next_cursor;     // empty on the last page
  std::string newest;          // names the first one: see count_calls(); empty without any
};

struct TurnRow {
  std::optional<int> number;
  std::string role;  // "user", "assistant"; in old rows also "system"
  std::string content;
  std::string generated;
  bool interrupted = false;
  WallTime timestamp;
  std::optional<std::chrono::milliseconds> duration;
  TurnTimings timings;
};

struct CallDetail {
  CallRow call;
  std::vector<TurnRow> turns;  // in the order of the call
  std::vector<CallEvent> events;
  std::vector<ToolFinished> tools;
};

}  // namespace centralita::store
