#include "server/journal/journal_file.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace centralita::journal {
namespace {

constexpr int kMostFiles = 16;
// Looking a whole file over takes as long as reading it; of a large one damage is found in passing.
constexpr std::int64_t kLargestChecked = 64 << 20;

// Exclusive locking keeps the index of the write-ahead log in memory and not in a mapped file,
// which a full disk would turn into a SIGBUS. FULL: a commit has reached the disk, and not only the
// kernel.
constexpr char kSettings[] =
    "pragma auto_vacuum = incremental;"
    "pragma locking_mode = exclusive;"
    "pragma journal_mode = wal;"
    "pragma synchronous = full;"
    "pragma journal_size_limit = 4194304;";

// `unique` makes it harmless to take the same file over twice.
constexpr char kSchema[] =
    "create table if not exists records ("
    " place integer primary key autoincrement, run text not null, number integer not null,"
    " kind text not null, session_id text not null, body text not null, unique (run, number));"
    "create table if not exists open_calls ("
    " session_id text primary key, run text not null, last_us integer not null) without rowid;"
    "create table if not exists refused ("
    " run text not null, number integer not null, kind text not null, session_id text not null,"
    " body text not null, reason text not null, at_us integer not null,"
    " primary key (run, number)) without rowid;"
    "create table if not exists kept (key text primary key, value text not null) without rowid;"
    // Since 2.
    "create index if not exists records_end on records (session_id) where kind = 'call-ended';"
    "create table if not exists delivered ("
    " run text not null, number integer not null, kind text not null, session_id text not null,"
    " body text not null, primary key (run, number)) without rowid;"
    "create index if not exists delivered_call on delivered (session_id);"
    "pragma user_version = 2;";
constexpr std::int64_t kVersion = 2;

// Pages of 4 KB that nothing uses: from so many on they are given back, so many at a time.
constexpr std::int64_t kManySpare = 1'024;
constexpr char kGiveBack[] = "pragma incremental_vacuum(256)";

constexpr char kInsert[] =
    "insert or ignore into records (run, number, kind, session_id, body) values (?, ?, ?, ?, ?)";

std::int64_t now_us() { return g_get_real_time(); }

SqliteError system_error(const std::string& path, const char* what) {
  return {SQLITE_CANTOPEN, path + ": " + what + ": " + g_strerror(errno)};
}

std::string file_name(const std::string& folder, int n) {
  return folder + "/" + std::to_string(n) + ".db";
}

}  // namespace

JournalFile::Lock::~Lock() {
  if (descriptor_ >= 0)
    close(descriptor_);
}

// Not held when somebody else has it, or when there is no such folder.
JournalFile::Lock JournalFile::lock_of(const std::string& path) {
  const int descriptor = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    return Lock(descriptor);
  const int reason = errno;
  close(descriptor);
  errno = reason;
  return Lock();
}

Result<JournalFile, SqliteError> JournalFile::open(const std::string& folder) {
  if (folder.empty()) {
    auto memory = opened(":memory:");
    if (!memory)
      return Unexpected(memory.error());
    return JournalFile(std::move(*memory), Lock());
  }
  if (g_mkdir_with_parents(folder.c_str(), 0700) != 0)
    return Unexpected(system_error(folder, "the folder cannot be made"));
  for (int n = 0; n < kMostFiles; ++n) {
    const auto path = file_name(folder, n);
    auto lock = lock_of(path);
    if (!lock.held()) {
      if (errno == EWOULDBLOCK)
        continue;
      return Unexpected(system_error(path, "it cannot be opened"));
    }
    auto file = prepared(path);
    if (!file)
      return Unexpected(file.error());
    JournalFile journal(std::move(*file), std::move(lock));
    journal.take_over(folder);
    return journal;
  }
  return Unexpected(SqliteError{SQLITE_BUSY, folder + ": it is used by too many servers"});
}

Result<Sqlite, SqliteError> JournalFile::opened(const std::string& path) {
  auto file = Sqlite::open(path);
  if (!file)
    return file;
  if (auto error = file->run(kSettings))
    return Unexpected(std::move(*error));
  GStatBuf info = {};
  if (g_stat(path.c_str(), &info) == 0 && info.st_size <= kLargestChecked) {
    std::string verdict;
    auto error = file->query("pragma quick_check(1)", {},
                             [&](const SqliteRow& row) { verdict = row.text(0); });
    if (error)
      return Unexpected(std::move(*error));
    if (verdict != "ok")
      return Unexpected(SqliteError{SQLITE_CORRUPT, path + ": " + verdict});
  }
  // A full disk must not keep a file from being read, so that nothing is written without need.
  std::int64_t version = 0;
  auto error = file->query("pragma user_version", {},
                           [&](const SqliteRow& row) { version = row.integer(0); });
  if (!error && version < kVersion)
    error = file->run(kSchema);
  // One of an older version cannot shrink until it has been written anew, once.
  std::int64_t vacuum = 0;
  if (!error)
    error = file->query("pragma auto_vacuum", {},
                        [&](const SqliteRow& row) { vacuum = row.integer(0); });
  if (!error && vacuum == 0 && info.st_size <= kLargestChecked)
    (void)file->run("vacuum");
  if (error)
    return Unexpected(std::move(*error));
  return file;
}

Result<Sqlite, SqliteError> JournalFile::prepared(const std::string& path) {
  auto file = opened(path);
  if (file || !file.error().corrupt())
    return file;
  const auto aside = path + ".damaged-" + std::to_string(std::time(nullptr));
  spdlog::error("journal: the file is damaged ({}); it is kept as {} and what can be read is saved",
                file.error().message, aside);
  if (g_rename(path.c_str(), aside.c_str()) != 0)
    return Unexpected(system_error(path, "it is damaged and cannot be renamed"));
  (void)g_rename((path + "-wal").c_str(), (aside + "-wal").c_str());
  auto fresh = opened(path);
  if (fresh)
    spdlog::error("journal: {} records were saved from the damaged file", copy_all(aside, *fresh));
  return fresh;
}

// How many records were copied. Reading ends where the damage begins, and goes on from the other
// end of the file; the order stays.
std::int64_t JournalFile::copy_all(const std::string& from, Sqlite& to) {
  auto old = Sqlite::open(from);
  if (!old)
    return 0;
  std::map<std::int64_t, Entry> found;
  const auto take = [&](const SqliteRow& row) {
    Entry entry{.run = row.text(1),
                .number = row.integer(2),
                .kind = row.text(3),
                .session_id = row.text(4),
                .body = row.text(5)};
    // What damage made of a record must not pass for one.
    if (!entry.run.empty() && !entry.kind.empty() && json::parse(entry.body))
      found.emplace(row.integer(0), std::move(entry));
  };
  if (old->query("select place, run, number, kind, session_id, body from records order by place",
                 {}, take))
    (void)old->query(
        "select place, run, number, kind, session_id, body from records order by place desc", {},
        take);
  std::int64_t count = 0;
  std::optional<SqliteError> failed = to.run("begin");
  const auto put = [&](const char* sql, std::initializer_list<SqliteValue> values) {
    if (auto error = failed ? std::nullopt : to.query(sql, values))
      failed = std::move(error);
  };
  for (const auto& [place, entry] : found) {
    put(kInsert, {entry.run, entry.number, entry.kind, entry.session_id, entry.body});
    count += to.changes();
  }
  (void)old->query("select session_id, run, last_us from open_calls", {},
                   [&](const SqliteRow& row) {
                     put("insert or ignore into open_calls values (?, ?, ?)",
                         {row.text(0), row.text(1), row.integer(2)});
                   });
  (void)old->query("select run, number, kind, session_id, body, reason, at_us from refused", {},
                   [&](const SqliteRow& row) {
                     put("insert or ignore into refused values (?, ?, ?, ?, ?, ?, ?)",
                         {row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4),
                          row.text(5), row.integer(6)});
                   });
  (void)old->query("select run, number, kind, session_id, body from delivered", {},
                   [&](const SqliteRow& row) {
                     put("insert or ignore into delivered values (?, ?, ?, ?, ?)",
                         {row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4)});
                   });
  (void)old->query("select key, value from kept", {}, [&](const SqliteRow& row) {
    put("insert or ignore into kept values (?, ?)", {row.text(0), row.text(1)});
  });
  if (!failed)
    failed = to.run("commit");
  if (!failed)
    return count;
  spdlog::error("journal: what {} holds cannot be taken over: {}", from, failed->message);
  (void)to.run("rollback");
  return -1;
}

// The files of servers that are gone.
void JournalFile::take_over(const std::string& folder) {
  for (int n = 0; n < kMostFiles; ++n) {
    const auto path = file_name(folder, n);
    if (path == file_.path() || !g_file_test(path.c_str(), G_FILE_TEST_EXISTS))
      continue;
    const auto lock = lock_of(path);
    if (!lock.held())
      continue;
    const auto count = copy_all(path, file_);
    if (count < 0)
      continue;
    if (count > 0)
      spdlog::info("journal: {} records of {} are taken over", count, path);
    g_unlink(path.c_str());
    g_unlink((path + "-wal").c_str());
  }
}

std::optional<SqliteError> JournalFile::commit(std::span<const Entry> entries, const Done& done) {
  if (auto error = file_.run("begin immediate"))
    return error;
  auto error = write(entries, done);
  if (!error)
    error = file_.run("commit");
  if (error)
    (void)file_.run("rollback");
  return error;
}

std::optional<SqliteError> JournalFile::write(std::span<const Entry> entries, const Done& done) {
  for (const auto& entry : entries) {
    auto error =
        file_.query(kInsert, {entry.run, entry.number, entry.kind, entry.session_id, entry.body});
    if (!error && entry.kind == "call-ended")
      error = file_.query("delete from open_calls where session_id = ?", {entry.session_id});
    else if (!error && entry.kind == "call-started")
      error = file_.query(
          "insert into open_calls values (?, ?, ?)"
          " on conflict (session_id) do update set run = excluded.run, last_us = excluded.last_us",
          {entry.session_id, entry.run, now_us()});
    else if (!error)
      error = file_.query("update open_calls set last_us = ? where session_id = ?",
                          {now_us(), entry.session_id});
    if (error)
      return error;
  }
  return forget(done);
}

std::optional<SqliteError> JournalFile::forget(const Done& done) {
  // Kept: of calls whose end is not done. A refused record never came to be.
  auto error = file_.query(
      "insert or ignore into delivered select run, number, kind, session_id, body from records r"
      " where (place <= ?1 or (run = ?2 and number <= ?3))"
      " and (exists (select 1 from open_calls o where o.session_id = r.session_id)"
      "      or exists (select 1 from records e where e.session_id = r.session_id"
      "                 and e.kind = 'call-ended'"
      "                 and not (e.place <= ?1 or (e.run = ?2 and e.number <= ?3))))"
      " and not exists (select 1 from refused f where f.run = r.run and f.number = r.number)",
      {done.place, done.run, done.number});
  if (!error)
    error = file_.query(
        "delete from delivered where session_id in (select session_id from records"
        " where kind = 'call-ended' and (place <= ? or (run = ? and number <= ?)))",
        {done.place, done.run, done.number});
  if (!error)
    error = file_.query("delete from records where place <= ? or (run = ? and number <= ?)",
                        {done.place, done.run, done.number});
  return error;
}

Result<std::vector<Delivered>, SqliteError> JournalFile::delivered() {
  std::vector<Delivered> runs;
  if (auto error = file_.query("select run, max(number) from delivered group by run", {},
                               [&](const SqliteRow& row) {
                                 runs.push_back({row.text(0), row.integer(1)});
                               }))
    return Unexpected(std::move(*error));
  return runs;
}

Result<std::vector<Entry>, SqliteError> JournalFile::delivered(const Delivered& beyond,
                                                               std::size_t most) {
  std::vector<Entry> entries;
  if (auto error = file_.query("select run, number, kind, session_id, body from delivered"
                               " where run = ? and number > ? order by number limit ?",
                               {beyond.run, beyond.number, static_cast<std::int64_t>(most)},
                               [&](const SqliteRow& row) {
                                 entries.push_back({.run = row.text(0),
                                                    .number = row.integer(1),
                                                    .kind = row.text(2),
                                                    .session_id = row.text(3),
                                                    .body = row.text(4)});
                               }))
    return Unexpected(std::move(*error));
  return entries;
}

Result<std::vector<Entry>, SqliteError> JournalFile::first(std::size_t most, const Done& done) {
  std::vector<Entry> entries;
  auto error = file_.query(
      "select place, run, number, kind, session_id, body from records"
      " where place > ? and not (run = ? and number <= ?) order by place limit ?",
      {done.place, done.run, done.number, static_cast<std::int64_t>(most)},
      [&](const SqliteRow& row) {
        entries.push_back({.place = row.integer(0),
                           .run = row.text(1),
                           .number = row.integer(2),
                           .kind = row.text(3),
                           .session_id = row.text(4),
                           .body = row.text(5)});
      });
  if (error)
    return Unexpected(std::move(*error));
  return entries;
}

Result<std::int64_t, SqliteError> JournalFile::count(const Done& done) {
  std::int64_t count = 0;
  if (auto error = file_.query(
          "select count(*) from records where place > ? and not (run = ? and number <= ?)",
          {done.place, done.run, done.number},
          [&](const SqliteRow& row) { count = row.integer(0); }))
    return Unexpected(std::move(*error));
  return count;
}

std::optional<SqliteError> JournalFile::refuse(const Refused& record) {
  const auto& entry = record.entry;
  const auto at =
      std::chrono::duration_cast<std::chrono::microseconds>(record.at.time_since_epoch());
  if (auto error = file_.query("insert or ignore into refused values (?, ?, ?, ?, ?, ?, ?)",
                               {entry.run, entry.number, entry.kind, entry.session_id, entry.body,
                                record.reason, static_cast<std::int64_t>(at.count())}))
    return error;
  return file_.query(
      "delete from refused where (run, number) in (select run, number from refused"
      " order by at_us, number limit max(0, (select count(*) from refused) - ?))",
      {kMostRefused});
}

Result<std::vector<Refused>, SqliteError> JournalFile::refused(std::size_t most) {
  std::vector<Refused> refused;
  if (auto error = file_.query(
          "select run, number, kind, session_id, body, reason, at_us from refused"
          " order by at_us desc, number desc limit ?",
          {static_cast<std::int64_t>(most)}, [&](const SqliteRow& row) {
            refused.push_back({.entry = {.run = row.text(0),
                                         .number = row.integer(1),
                                         .kind = row.text(2),
                                         .session_id = row.text(3),
                                         .body = row.text(4)},
                               .reason = row.text(5),
                               .at = WallTime(std::chrono::microseconds(row.integer(6)))});
          }))
    return Unexpected(std::move(*error));
  return refused;
}

Result<std::int64_t, SqliteError> JournalFile::count_refused() {
  std::int64_t count = 0;
  if (auto error = file_.query("select count(*) from refused", {},
                               [&](const SqliteRow& row) { count = row.integer(0); }))
    return Unexpected(std::move(*error));
  return count;
}

Result<bool, SqliteError> JournalFile::beginning_refused(const std::string& session_id) {
  bool refused = false;
  if (auto error = file_.query(
          "select 1 from refused where session_id = ? and kind = 'call-started' limit 1",
          {session_id}, [&](const SqliteRow&) { refused = true; }))
    return Unexpected(std::move(*error));
  return refused;
}

std::optional<SqliteError> JournalFile::forget_refused(const std::string& run,
                                                       std::int64_t number) {
  return file_.query("delete from refused where run = ? and number = ?", {run, number});
}

Result<bool, SqliteError> JournalFile::shrink() {
  std::int64_t spare = 0;
  if (auto error = file_.query("pragma freelist_count", {},
                               [&](const SqliteRow& row) { spare = row.integer(0); }))
    return Unexpected(std::move(*error));
  if (spare > 0 && (shrinking_ || spare >= kManySpare)) {
    shrinking_ = true;
    std::int64_t left = 0;
    auto error = file_.query(kGiveBack, {}, nullptr);
    if (!error)
      error = file_.query("pragma freelist_count", {},
                          [&](const SqliteRow& row) { left = row.integer(0); });
    if (error)
      return Unexpected(std::move(*error));
    if (left > 0 && left < spare)
      return true;
  }
  if (!std::exchange(shrinking_, false))
    return false;
  // Only now the file itself is cut, and the write-ahead log is emptied.
  if (auto error = file_.query("pragma wal_checkpoint(truncate)"))
    return Unexpected(std::move(*error));
  return false;
}

namespace {

Result<std::vector<OpenCall>, SqliteError> open_calls(Sqlite& file, const char* sql,
                                                      const std::string& run) {
  std::vector<OpenCall> calls;
  if (auto error = file.query(sql, {run}, [&](const SqliteRow& row) {
        calls.push_back({row.text(0), WallTime(std::chrono::microseconds(row.integer(1)))});
      }))
    return Unexpected(std::move(*error));
  return calls;
}

}  // namespace

Result<std::vector<OpenCall>, SqliteError> JournalFile::calls_of(const std::string& run) {
  return open_calls(file_, "select session_id, last_us from open_calls where run = ?", run);
}

Result<std::vector<OpenCall>, SqliteError> JournalFile::calls_not_of(const std::string& run) {
  return open_calls(file_, "select session_id, last_us from open_calls where run <> ?", run);
}

std::optional<SqliteError> JournalFile::keep(const std::string& key, const std::string& value) {
  return file_.query(
      "insert into kept values (?, ?) on conflict (key) do update set value = excluded.value",
      {key, value});
}

Result<std::string, SqliteError> JournalFile::kept(const std::string& key) {
  std::string value;
  if (auto error = file_.query("select value from kept where key = ?", {key},
                               [&](const SqliteRow& row) { value = row.text(0); }))
    return Unexpected(std::move(*error));
  return value;
}

}  // namespace centralita::journal
