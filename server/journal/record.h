// What the journal takes: the one list of the kinds of records there are, and how each is written
// down.
//
// A record is a JSON object. Every one has `session_id` (the call), and `instance` (the run of the
// server that wrote it; see Journal::run()); the other members are the kind's own. It is stored in
// PostgreSQL by sql/queries/record_KIND.sql, which gets the object as its only parameter ($1,
// jsonb) and must have the same outcome when it runs twice. So nothing reads a record back but SQL,
// and a record written by an older or newer version of the program is stored as well: a member that
// is absent is null there.
//
// To add a kind of record:
//   1. its struct in pipelines/call_records.h (with `session_id`), and the struct in `Record`
//   below;
//   2. its name and members: an overload of describe() in record.cpp;
//   3. sql/queries/record_NAME.sql ("-" becomes "_"), named in sql/centralita-sql.gresource.xml.
// Then hand it to Store::record(), from any thread.
//
// Members: texts as they are (what is not UTF-8, and zero bytes, become U+FFFD here); times are
// whole microseconds since 1970, UTC; durations are whole milliseconds.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/json.h"

#include <cstdint>
#include <string>
#include <variant>

namespace centralita::journal {

using Record = std::variant<CallStarted, CallProgress, TurnFinished, CallEnded, CallEvent,
                            ToolFinished, RecordingNote>;

// A record as it lies in the journal.
struct Entry {
  std::int64_t place = 0;   // in the file, ascending; 0: only in memory, for the disk is failing
  std::string run;          // Journal::run() of the server that wrote it
  std::int64_t number = 0;  // of all records of that run, ascending
  std::string kind;         // "call-started"...
  std::string session_id;
  std::string body;
};

Entry encode(const Record& record, const std::string& run, std::int64_t number);

// "turn-finished 3 of call MZ12", for logs.
std::string label(const Entry& entry);

const std::string& session_of(const Record& record);

// What is given up first, should the disk fail and the memory run out: events (0), then turns and
// what belongs to them (1), and beginnings and ends of calls at the very last (2).
int worth(const Record& record);

}  // namespace centralita::journal
