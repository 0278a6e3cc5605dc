// A connection to PostgreSQL, over libpq without its traps: values travel as parameters and never
// in the text of a statement, nothing waits longer than it was told to, and what failed is a value.
//
//   auto connection = Connection::open(conninfo, {.cancel = cancel});
//   if (!connection) return Unexpected(connection.error());
//   auto rows = connection->query("select id from calls where session_id = $1", {session_id});
//   if (rows) for (Row row : *rows) use(row.integer("id"));
//
// Belongs to one thread at a time. Times are UTC microseconds since 1970 on this wire.
#pragma once

#include "plugins/base/ref.h"
#include "plugins/base/result.h"

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::store {

struct DbError {
  std::string message;   // one line, for people and logs; never holds a password
  std::string sqlstate;  // empty when it was not the server that said so
  bool lost = false;  // the connection is gone; whether the statement was carried out is not known
};

// A value for $1, $2...: text, whole number, truth or null.
class Param {
 public:
  Param(std::nullptr_t) {}
  Param(std::string_view text) : value_(text) {}
  Param(const std::string& text) : value_(text) {}
  Param(const char* text) : value_(text) {}
  Param(std::int64_t number) : value_(std::to_string(number)) {}
  Param(int number) : value_(std::to_string(number)) {}
  Param(bool truth) : value_(truth ? "true" : "false") {}
  Param(std::chrono::system_clock::time_point time);
  template <typename T>
  Param(const std::optional<T>& value) : Param(value ? Param(*value) : Param(nullptr)) {}

  const std::optional<std::string>& value() const { return value_; }

 private:
  std::optional<std::string> value_;
};

using ResultPtr = std::unique_ptr<PGresult, FreeWith<PQclear>>;

// A row of Rows, by the names of its columns. Asking for a column that was not selected aborts.
class Row {
 public:
  Row(const PGresult* result, int index) : result_(result), index_(index) {}

  bool is_null(const char* column) const;
  // Null reads as "", 0, false and the epoch where no optional is asked for.
  std::string text(const char* column) const;
  std::int64_t integer(const char* column) const;
  bool boolean(const char* column) const;
  std::chrono::system_clock::time_point time(const char* column) const;
  std::optional<std::int64_t> optional_integer(const char* column) const;
  std::optional<std::chrono::system_clock::time_point> optional_time(const char* column) const;

 private:
  const char* cell(const char* column) const;
  const PGresult* result_;
  int index_;
};

class Rows {
 public:
  class Iterator {
   public:
    Iterator(const PGresult* result, int index) : result_(result), index_(index) {}
    Row operator*() const { return Row(result_, index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const PGresult* result_;
    int index_;
  };

  explicit Rows(ResultPtr result) : result_(std::move(result)) {}
  int size() const { return PQntuples(result_.get()); }
  bool empty() const { return size() == 0; }
  Row operator[](int index) const { return Row(result_.get(), index); }
  Iterator begin() const { return {result_.get(), 0}; }
  Iterator end() const { return {result_.get(), size()}; }
  std::int64_t affected() const;  // rows inserted, updated or deleted

 private:
  ResultPtr result_;
};

// What another session said with NOTIFY.
struct Notice {
  std::string channel, payload;
};

struct ConnectionOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  // The server gives a statement up after this; two seconds later we give the server up.
  std::chrono::milliseconds statement_timeout{5'000};
  Ref<GCancellable>
      cancel;  // from any thread: what is waited for fails at once, the connection is lost
};

class Connection {
 public:
  // `conninfo` is a postgresql:// URL or a list of keyword=value. A driver's name in the scheme
  // (postgresql+asyncpg://), as the predecessor's deployments have it, is passed over.
  static Result<Connection, DbError> open(const std::string& conninfo,
                                          ConnectionOptions options = {});

  // One statement. A parameter with a zero byte is refused (22021): PostgreSQL's text has none.
  Result<Rows, DbError> query(const char* sql, std::span<const Param> params);
  Result<Rows, DbError> query(const char* sql, std::initializer_list<Param> params = {}) {
    return query(sql, std::span<const Param>(params.begin(), params.size()));
  }
  // Many statements without parameters, as long as they take.
  Result<Rows, DbError> run_script(const std::string& sql);

  // What has been notified since the last time, after "listen CHANNEL"; waits for something, at
  // most `timeout`. Empty: nothing came.
  Result<std::vector<Notice>, DbError> notices(std::chrono::milliseconds timeout);

  bool alive() const { return connection_ && PQstatus(connection_.get()) == CONNECTION_OK; }
  bool in_transaction() const;

 private:
  Connection(PGconn* connection, ConnectionOptions options);
  std::optional<DbError> wait_connected();
  Result<Rows, DbError> collect(std::optional<std::chrono::milliseconds> timeout);
  DbError lose(std::string message);

  std::unique_ptr<PGconn, FreeWith<PQfinish>> connection_;
  ConnectionOptions options_;
};

// Where a connection string leads, without its password: "host=db port=5432 dbname=voice_db
// user=x".
std::string describe(const std::string& conninfo);

// Whether libpq can read it: a URL or "name=value ..."; nothing is connected.
bool is_conninfo(const std::string& conninfo);

}  // namespace centralita::store
