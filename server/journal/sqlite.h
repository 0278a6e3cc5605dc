// SQLite without its traps: statements are kept prepared, values travel as parameters, and what
// failed is a value. Belongs to one thread at a time.
//
//   auto file = Sqlite::open(path);
//   if (auto error = file->run("begin")) ...
//   file->query("select body from records where place > ?", {place},
//               [&](const SqliteRow& row) { use(row.text(0)); });
#pragma once

#include "plugins/base/result.h"

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace centralita::journal {

struct SqliteError {
  int code = 0;         // an SQLITE_ result code, without its extension
  std::string message;  // one line, with the file and, for a full disk, what to do
  bool corrupt() const { return code == SQLITE_CORRUPT || code == SQLITE_NOTADB; }
};

using SqliteValue = std::variant<std::int64_t, std::string_view>;

class SqliteRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) const;  // null reads as ""

 private:
  sqlite3_stmt* statement_;
};

class Sqlite {
 public:
  // ":memory:" for one that lives as long as the object.
  static Result<Sqlite, SqliteError> open(const std::string& path);

  std::optional<SqliteError> run(const char* script);
  // `sql` is a literal: the prepared statement is kept by its address.
  std::optional<SqliteError> query(const char* sql, std::initializer_list<SqliteValue> params = {},
                                   const std::function<void(const SqliteRow&)>& row = nullptr);
  std::int64_t changes() const { return sqlite3_changes64(database_.get()); }
  std::int64_t last_place() const { return sqlite3_last_insert_rowid(database_.get()); }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  Sqlite(std::unique_ptr<sqlite3, Close> database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}
  SqliteError error(int code) const;

  std::unique_ptr<sqlite3, Close> database_;
  std::map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;  // go first
  std::string path_;
};

}  // namespace centralita::journal
