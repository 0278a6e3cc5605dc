#include "server/store/journal_writer.h"

#include "server/store/migrate.h"
#include "server/store/sql_text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <map>

namespace centralita::store {
namespace {

using std::chrono::milliseconds;

// Records stored in one transaction, so that what waited through an outage is stored quickly.
constexpr std::size_t kBatch = 200;

// Classes of SQLSTATE that say nothing of a record, and pass when the database is put right: the
// connection (08, 28), the transaction (25, 40), a schema that is not ours (0A, 3D, 3F, 42), what
// the server lacks (53), locks (55), its operator (57), its settings, disk and damage (58, F0, XX).
constexpr std::array<std::string_view, 14> kDatabasesFault = {
    "08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "55", "57", "58", "F0", "XX"};

// All else a record brings upon itself, whatever a later version of PostgreSQL calls it: one that
// was tried for ever would hold up all those behind it.
bool is_records_fault(const DbError& error) {
  return !error.lost && !error.sqlstate.empty() &&
         std::find(kDatabasesFault.begin(), kDatabasesFault.end(), error.sqlstate.substr(0, 2)) ==
             kDatabasesFault.end();
}

// "record_turn_finished"
std::string query_of(const std::string& kind) {
  auto name = "record_" + kind;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

JournalWriter::JournalWriter(WriterOptions options, journal::Journal& journal,
                             std::function<void()> ready)
    : options_(std::move(options)),
      journal_(journal),
      ready_(std::move(ready)),
      instances_(journal.run(), options_.instance) {
  thread_ = std::thread([this] { run(); });
}

JournalWriter::~JournalWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  journal_.close();
  if (options_.connection.cancel)
    g_cancellable_cancel(options_.connection.cancel.get());
  thread_.join();
}

WriterHealth JournalWriter::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

bool JournalWriter::wait_until_healthy(bool healthy, milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return health_.healthy == healthy; });
}

void JournalWriter::run() {
  away_since_ = std::chrono::steady_clock::now();
  auto retry = options_.first_retry;
  for (;;) {
    std::optional<DbError> error;
    if (!connection_ || !connection_->alive()) {
      error = prepare();
      // With nothing to store, being connected is all there is to recover.
      if (!error && journal_.status().waiting == 0)
        back();
    }
    if (!error) {
      const auto entries =
          journal_.next(kBatch, std::chrono::steady_clock::now() + options_.heartbeat);
      if (!entries.empty()) {
        error = write(entries);
        if (!error)
          journal_.done(entries);
      } else if (auto alive = connection_->query("select 1"); !alive) {
        error = alive.error();
      }
      if (!error)
        error = instances_.look(*connection_);
      if (!error)
        back();
    }
    if (!error) {
      retry = options_.first_retry;
      if (!pause(milliseconds(0)))
        return;
      continue;
    }
    connection_.reset();
    if (!pause(milliseconds(0)))
      return;
    away(*error);
    if (!pause(retry))
      return;
    retry = std::min(retry * 2, options_.longest_retry);
  }
}

std::optional<DbError> JournalWriter::prepare() {
  auto connection = Connection::open(options_.conninfo, options_.connection);
  if (!connection)
    return connection.error();
  const auto schema = options_.auto_migrate ? migrate(*connection) : check_schema(*connection);
  if (!schema)
    return schema.error();
  if (auto error = instances_.join(*connection, journal_.open_calls()))
    return error;
  connection_ = std::move(*connection);
  return catch_up();
}

std::optional<DbError> JournalWriter::catch_up() {
  std::size_t again = 0;
  for (const auto& delivered : journal_.delivered()) {
    const auto rows = connection_->query(query_text("get_journal_progress"), {delivered.run});
    if (!rows)
      return rows.error();
    journal::Delivered known{delivered.run, (*rows)[0].integer("number")};
    while (known.number < delivered.number) {
      const auto entries = journal_.delivered(known, kBatch);
      if (entries.empty())
        break;
      if (auto error = write(entries))
        return error;
      again += entries.size();
      known.number = entries.back().number;
    }
  }
  if (again > 0)
    spdlog::warn(
        "store: the database has gone back in time, as one restored from a back-up does: {} "
        "records of "
        "calls that were going on are stored again",
        again);
  return std::nullopt;
}

std::optional<DbError> JournalWriter::write(std::span<const journal::Entry> entries) {
  auto error = write_in_transaction(entries);
  if (!error || !is_records_fault(*error))
    return error;
  // The transaction was spoilt for all of them: on their own, only the bad ones are refused.
  for (const auto& entry : entries) {
    error = write_in_transaction({&entry, 1});
    if (error && !is_records_fault(*error))
      return error;
    if (!error)
      continue;
    spdlog::error("store: the {} is given up, the database refuses it: {} ({})",
                  journal::label(entry), error->message, error->sqlstate);
    journal_.put_aside(entry, error->message);
    const std::lock_guard lock(mutex_);
    ++health_.rejected;
  }
  return std::nullopt;
}

std::optional<DbError> JournalWriter::write_in_transaction(
    std::span<const journal::Entry> entries) {
  const auto failed = [this](const DbError& error) {
    if (connection_->alive())
      (void)connection_->query("rollback");
    return error;
  };
  if (auto begun = connection_->query("begin"); !begun)
    return begun.error();
  std::map<std::string, std::int64_t> progress;  // of each run
  for (const auto& entry : entries) {
    auto known = progress.find(entry.run);
    if (known == progress.end()) {
      const auto rows = connection_->query(query_text("lock_journal_progress"), {entry.run});
      if (!rows)
        return failed(rows.error());
      known = progress.emplace(entry.run, (*rows)[0].integer("number")).first;
    }
    if (entry.number <= known->second)
      continue;  // stored before
    if (auto error = store_record(*connection_, journal_, entry))
      return failed(*error);
    known->second = entry.number;
  }
  for (const auto& [run, number] : progress)
    if (auto set = connection_->query(query_text("set_journal_progress"), {run, number}); !set)
      return failed(set.error());
  if (auto committed = connection_->query("commit"); !committed)
    return committed.error();
  return std::nullopt;
}

std::optional<DbError> store_record(Connection& connection, journal::Journal& journal,
                                    const journal::Entry& entry) {
  const auto query = query_of(entry.kind);
  if (!has_query(query))
    // Of a newer version, which was here before this one.
    return DbError{.message = "this version of the program knows no such record",
                   .sqlstate = "22000"};
  const auto stored = connection.query(query_text(query.c_str()), {entry.body});
  if (!stored)
    return stored.error();
  if (stored->affected() > 0)
    return std::nullopt;
  if (journal.beginning_refused(entry.session_id)) {
    // Unless it has been stored since, and this record was there already.
    const auto call = connection.query(query_text("known_calls"),
                                       {json::Array().add(entry.session_id).to_string()});
    if (!call)
      return call.error();
    if (call->empty())
      return DbError{.message = "the beginning of its call was refused, and has to be stored first",
                     .sqlstate = "23503"};
    return std::nullopt;
  }
  // Of a call that was deleted while it went on; its turns say so for everything else of it. That a
  // recording begins may be said before its call is: its end says all of it once more.
  if (entry.kind != "call-event" && entry.kind != "tool-finished" &&
      entry.kind != "recording-noted")
    spdlog::warn("store: the {} is not kept: the history has no such call", journal::label(entry));
  return std::nullopt;
}

void JournalWriter::away(const DbError& error) {
  const std::lock_guard lock(mutex_);
  health_.healthy = false;
  health_.last_error = error.message;
  changed_.notify_all();
  if (outage_)
    return;
  outage_ = true;
  away_since_ = std::chrono::steady_clock::now();
  spdlog::error("store: the database is away ({}): {}; records wait in the journal",
                describe(options_.conninfo), error.message);
}

void JournalWriter::back() {
  if (health().healthy)
    return;
  // Before anybody is told, so that who waits for a healthy store finds it able to read too.
  ready_();
  const std::lock_guard lock(mutex_);
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - away_since_);
  if (outage_) {
    spdlog::info("store: the database is back after {:.1f} s ({}), {} records left to store",
                 seconds.count(), describe(options_.conninfo), journal_.status().waiting);
  } else {
    spdlog::info("store: connected to the database ({})", describe(options_.conninfo));
    health_.last_error.clear();
  }
  outage_ = false;
  health_.healthy = true;
  changed_.notify_all();
}

bool JournalWriter::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stop_; });
}

}  // namespace centralita::store
