#include "server/journal/sqlite.h"

#include <cstring>

namespace centralita::journal {

std::string SqliteRow::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes ? std::string(bytes,
                             static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
               : std::string();
}

Result<Sqlite, SqliteError> Sqlite::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, Close> database(raw);
  Sqlite file(std::move(database), path);
  if (code != SQLITE_OK)
    return Unexpected(file.error(code));
  return file;
}

std::optional<SqliteError> Sqlite::run(const char* script) {
  const int code = sqlite3_exec(database_.get(), script, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? std::nullopt : std::optional(error(code));
}

std::optional<SqliteError> Sqlite::query(const char* sql, std::initializer_list<SqliteValue> params,
                                         const std::function<void(const SqliteRow&)>& row) {
  auto& statement = statements_[sql];
  if (!statement) {
    sqlite3_stmt* raw = nullptr;
    if (const int code =
            sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
        code != SQLITE_OK)
      return error(code);
    statement.reset(raw);
  }
  int index = 0;
  for (const auto& param : params) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&param)) {
      sqlite3_bind_int64(statement.get(), index, *number);
    } else {
      const auto text = std::get<std::string_view>(param);
      sqlite3_bind_text64(statement.get(), index, text.data() ? text.data() : "", text.size(),
                          SQLITE_STATIC, SQLITE_UTF8);
    }
  }
  int code = sqlite3_step(statement.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.get()))
    if (row)
      row(SqliteRow(statement.get()));
  auto failed = code == SQLITE_DONE ? std::nullopt : std::optional(error(code));
  sqlite3_reset(statement.get());
  sqlite3_clear_bindings(statement.get());
  return failed;
}

SqliteError Sqlite::error(int code) const {
  std::string message = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code);
  // "disk I/O error" says nothing; the operating system's word for it does.
  if (const int system = database_ ? sqlite3_system_errno(database_.get()) : 0; system != 0)
    message += std::string(": ") + strerror(system);
  return {code & 0xFF, path_ + ": " + message};
}

}  // namespace centralita::journal
