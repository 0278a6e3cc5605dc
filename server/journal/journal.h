// The journal takes each record of a call before anything else does, keeps it on the local disk,
// and hands it on to whoever stores it in PostgreSQL; so the database may be away for hours, and
// the process may be killed, without a record being lost.
//
// **When a record is safe.** add() puts it in memory and returns. The journal's thread writes what
// has come within kGroup (2 ms) in one transaction and waits for the disk (fdatasync, of SQLite's
// write-ahead log): from then on, some milliseconds after add(), neither `kill -9` nor a power
// failure loses it. Many calls share one such wait, so that hundreds of them cost no more than one.
// Only then the record is offered to next().
//
// **Exactly once.** A record stays until done() says that PostgreSQL has committed it, and may be
// handed out again when the process dies in between; its run and number tell the writer that it was
// stored before.
//
// **A disk that fails** (full, read-only, gone) is said loudly, once a minute, and tried again;
// until it works, records are kept in memory, up to a limit, and offered from there. Calls go on.
// Nor does a record that is put aside meanwhile hold up those behind it: it waits in memory too.
//
// **The file shrinks** when what an outage left in it has been handed on: piece by piece, on the
// journal's thread, between two writes.
//
// **Calls that were cut off.** The file knows which calls have begun and not ended. Those of a
// previous run are ended by the next one ("failed", "server-restarted"), at the time of the last
// thing that was heard of them.
//
// Any thread. Only next(), wait_empty() and the destructor wait.
#pragma once

#include "server/journal/journal_file.h"
#include "server/journal/pending.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace centralita::journal {

struct JournalOptions {
  std::string folder;                  // empty: in memory, for tests of other things
  std::size_t memory_limit = 100'000;  // records, while the disk fails
  std::chrono::milliseconds first_retry{100}, longest_retry{5'000};
};

struct JournalStatus {
  bool healthy = false;       // what is added reaches the disk
  std::string last_error;     // why not, or what the last failure was
  std::size_t waiting = 0;    // records that PostgreSQL does not have yet
  std::size_t in_memory = 0;  // of these, those not on the disk
  std::uint64_t dropped = 0;  // lost: the disk failed and the memory was full
  std::size_t refused = 0;    // records that PostgreSQL would not have, put aside
};

class Journal {
 public:
  explicit Journal(JournalOptions options);
  ~Journal();  // what was added is written first, if the disk lets it

  // This run of the server: a UUID, in every record that it writes.
  const std::string& run() const { return run_; }

  void add(Record record);

  // For the one who stores: the first records that are not done, at most so many. Waits for one
  // until `deadline`; empty when none came or close() was called.
  std::vector<Entry> next(std::size_t most, std::chrono::steady_clock::time_point deadline);
  // The first ones of what next() gave are stored, or will never be.
  void done(const std::vector<Entry>& entries);
  // Puts a record aside that can never be stored, for people to look at. It must be done() as well.
  // While the disk fails it is kept in memory; the newest JournalFile::kMostRefused are.
  void put_aside(const Entry& entry, const std::string& reason);
  // Those put aside, newest first; and one of them is not needed any more. These wait for the disk.
  std::vector<Refused> refused(std::size_t most);
  void forget_refused(const Entry& entry);
  // Whether a call's beginning is among them; rather yes when the disk does not tell.
  bool beginning_refused(const std::string& session_id);
  // What the database has been given of calls that are going on, for a database that was restored
  // from an older back-up: how far it goes for each run, and the first ones beyond a number.
  std::vector<Delivered> delivered();
  std::vector<Entry> delivered(const Delivered& beyond, std::size_t most);
  void close();  // next() returns at once from now on

  // Session ids of this run's calls that have not ended.
  std::vector<std::string> open_calls();

  // A small text that must be there at the next start, database or not. "": there is none.
  void keep(const std::string& key, const std::string& value);
  std::string kept(const std::string& key);

  bool wait_empty(std::chrono::milliseconds timeout);  // until PostgreSQL has everything
  bool wait_on_disk(std::chrono::milliseconds timeout);
  JournalStatus status() const;

 private:
  void write_all();
  std::optional<SqliteError> open_file();
  std::optional<SqliteError> write(const std::vector<Pending::Item>& items, const Done& done);
  std::optional<SqliteError> write_aside();
  void count_refused();
  bool shrink();  // whether there is more to give back
  void works();
  void fails(const SqliteError& error);

  const JournalOptions options_;
  const std::string run_;

  std::mutex file_mutex_;  // guards these two; held while the disk is waited for. Before mutex_.
  std::optional<JournalFile> file_;
  std::deque<Refused> aside_;  // put aside, and not in the file yet

  mutable std::mutex mutex_;         // guards all below; never held while the disk is waited for
  std::condition_variable added_;    // for the journal's thread
  std::condition_variable changed_;  // for everybody else
  Pending pending_;
  std::int64_t last_number_ = 0;
  std::int64_t on_disk_ = 0;  // records in the file that are not done
  Done done_;
  bool tidy_ = true;     // the file has forgotten what is done
  bool failing_ = true;  // until the file is open
  bool was_failing_ = false;
  std::string last_error_;
  std::chrono::steady_clock::time_point said_;
  std::uint64_t dropped_ = 0;
  std::size_t refused_ = 0;
  bool stop_ = false, closed_ = false;

  std::thread thread_;  // last: uses all of it
};

}  // namespace centralita::journal
