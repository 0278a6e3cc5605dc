// The journal's file: records on their way to PostgreSQL, in an SQLite database in a folder of its
// own.
//
// What is done of a call is kept until the call's end is done, too: should the database be lost and
// an older one restored while calls go on, they are whole in it all the same.
//
// A folder has one file for each server that uses it at the same time (0.db, 1.db...: a deployment
// starts the next version while the last one drains), each locked by who has it. What a server that
// is gone left in a file of its own is taken over by the next one that opens the folder. A file
// that is damaged is put aside under another name, what can be read of it goes on in a new one.
//
// Belongs to one thread at a time. Every function may take as long as the disk does.
#pragma once

#include "server/journal/record.h"
#include "server/journal/sqlite.h"

#include <span>
#include <string>
#include <vector>

namespace centralita::journal {

// What is over and need not be kept: up to a place of the file, and up to a number of one run.
struct Done {
  std::int64_t place = 0;
  std::string run;
  std::int64_t number = 0;
};

// Up to which of its records, of calls that are going on, PostgreSQL has been given a run's.
struct Delivered {
  std::string run;
  std::int64_t number = 0;
};

// What PostgreSQL would not have, and why.
struct Refused {
  Entry entry;
  std::string reason;
  WallTime at;
};

struct OpenCall {
  std::string session_id;
  WallTime last_news;
};

class JournalFile {
 public:
  // `folder` empty: in memory, for tests of other things.
  static Result<JournalFile, SqliteError> open(const std::string& folder);
  JournalFile(JournalFile&&) = default;
  JournalFile& operator=(JournalFile&&) = default;

  // Writes `entries` and forgets what is done, together and for good: on return the disk has them.
  std::optional<SqliteError> commit(std::span<const Entry> entries, const Done& done);
  // The first ones that are not done, at most so many.
  Result<std::vector<Entry>, SqliteError> first(std::size_t most, const Done& done);
  Result<std::int64_t, SqliteError> count(const Done& done);  // that are not done

  // What is kept of calls that are not over: how far it goes for each run, and the first ones
  // beyond a number, at most so many. `place` is 0 in these.
  Result<std::vector<Delivered>, SqliteError> delivered();
  Result<std::vector<Entry>, SqliteError> delivered(const Delivered& beyond, std::size_t most);

  // Puts a record aside that PostgreSQL would not have, for people to look at (table `refused`);
  // the newest kMostRefused are kept.
  std::optional<SqliteError> refuse(const Refused& record);
  Result<std::vector<Refused>, SqliteError> refused(std::size_t most);  // newest first
  Result<std::int64_t, SqliteError> count_refused();
  Result<bool, SqliteError> beginning_refused(const std::string& session_id);
  std::optional<SqliteError> forget_refused(const std::string& run, std::int64_t number);
  static constexpr std::int64_t kMostRefused = 10'000;

  // Gives a piece of the room that nothing uses any more back to the disk, some milliseconds' work;
  // whether there is more. Does nothing while there is little.
  Result<bool, SqliteError> shrink();

  // The calls that a run began and has not ended; of all other runs.
  Result<std::vector<OpenCall>, SqliteError> calls_of(const std::string& run);
  Result<std::vector<OpenCall>, SqliteError> calls_not_of(const std::string& run);

  // A small text that must be there at the next start.
  std::optional<SqliteError> keep(const std::string& key, const std::string& value);
  Result<std::string, SqliteError> kept(const std::string& key);  // "": there is none

  const std::string& path() const { return file_.path(); }

 private:
  class Lock {
   public:
    explicit Lock(int descriptor = -1) : descriptor_(descriptor) {}
    Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Lock& operator=(Lock&& other) noexcept {
      std::swap(descriptor_, other.descriptor_);
      return *this;
    }
    ~Lock();
    bool held() const { return descriptor_ >= 0; }

   private:
    int descriptor_;
  };

  JournalFile(Sqlite file, Lock lock) : lock_(std::move(lock)), file_(std::move(file)) {}
  static Lock lock_of(const std::string& path);
  static Result<Sqlite, SqliteError> prepared(const std::string& path);
  static Result<Sqlite, SqliteError> opened(const std::string& path);
  static std::int64_t copy_all(const std::string& from, Sqlite& to);
  void take_over(const std::string& folder);
  std::optional<SqliteError> write(std::span<const Entry> entries, const Done& done);
  std::optional<SqliteError> forget(const Done& done);

  Lock lock_;
  bool shrinking_ = false;
  Sqlite file_;  // closed before the lock is given back
};

}  // namespace centralita::journal
