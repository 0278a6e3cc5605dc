// The one thread that moves the journal's records to the database: it connects, brings the schema
// up when told to, stores what the journal offers in its order, and when the database goes away
// keeps trying until it is back.
//
// Each record is stored exactly once: with it, in the same transaction, the database notes how far
// it has the records of that run (journal_progress), so that one whose fate was unknown when a
// connection broke or a process died is recognised when it comes again.
//
// A database that was restored from a back-up is behind that note. Each time the writer connects it
// gives such a one again what the journal still has of calls that are going on.
//
// One line is logged when an outage begins and one when it ends. A record that the database refuses
// on its own, for what it holds, is put aside in the journal with a line of its own, so that one
// bad record never blocks those behind it. What is wrong with the database itself (kDatabasesFault)
// is an outage and loses nothing.
#pragma once

#include "server/journal/journal.h"
#include "server/store/connection.h"
#include "server/store/instances.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

namespace centralita::store {

struct WriterOptions {
  std::string conninfo;
  ConnectionOptions connection;
  bool auto_migrate = false;  // else a schema that is not ours counts as an outage
  InstanceOptions instance;
  std::chrono::milliseconds first_retry{100}, longest_retry{5'000};  // doubling in between
  std::chrono::milliseconds heartbeat{2'000};  // how soon an idle writer notices an outage
};

struct WriterHealth {
  bool healthy = false;
  std::string last_error = "the database has not been reached yet";  // after an outage: its reason
  std::uint64_t rejected = 0;  // records the database would not have
};

// One record, by the query of its kind, in the transaction that is open or in one of its own. Of a
// call whose beginning is among the journal's refused ones it is refused as well: it has a place
// when the beginning has. One of a call that was deleted while it went on counts as stored.
std::optional<DbError> store_record(Connection& connection, journal::Journal& journal,
                                    const journal::Entry& entry);

class JournalWriter {
 public:
  // `ready` is called on the writer's thread each time the database is there again.
  JournalWriter(WriterOptions options, journal::Journal& journal, std::function<void()> ready);
  ~JournalWriter();  // gives up what is going on; the journal keeps what was not stored

  WriterHealth health() const;
  const InstanceRegistry& instances() const { return instances_; }
  bool wait_until_healthy(bool healthy, std::chrono::milliseconds timeout) const;

 private:
  void run();
  std::optional<DbError> prepare();
  std::optional<DbError> catch_up();
  std::optional<DbError> write(std::span<const journal::Entry> entries);
  std::optional<DbError> write_in_transaction(std::span<const journal::Entry> entries);
  void away(const DbError& error);
  void back();
  bool pause(std::chrono::milliseconds time);  // false: told to stop

  const WriterOptions options_;
  journal::Journal& journal_;
  const std::function<void()> ready_;

  // The writer's thread only.
  std::optional<Connection> connection_;
  InstanceRegistry instances_;
  std::chrono::steady_clock::time_point away_since_;

  mutable std::mutex mutex_;  // guards the three below
  mutable std::condition_variable changed_;
  WriterHealth health_;
  bool outage_ = false;
  bool stop_ = false;

  std::thread thread_;
};

}  // namespace centralita::store
