#include "server/store/connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace centralita::store {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr milliseconds kGrace{2'000};  // beyond the server's own timeout
constexpr char kNotConnectionString[] =
    "the database's address is neither a postgresql:// URL nor a list of keyword=value";

std::string one_line(const char* message) {
  std::string line = message ? message : "";
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

// SQLAlchemy's "postgresql+asyncpg://" is PostgreSQL's own "postgresql://".
std::string without_driver(const std::string& conninfo) {
  const auto scheme_end = conninfo.find("://");
  const auto plus = conninfo.find('+');
  if (scheme_end == std::string::npos || plus == std::string::npos || plus > scheme_end)
    return conninfo;
  return conninfo.substr(0, plus) + conninfo.substr(scheme_end);
}

using ConninfoPtr = std::unique_ptr<PQconninfoOption, FreeWith<PQconninfoFree>>;

ConninfoPtr parse(const std::string& conninfo) {
  char* message = nullptr;
  ConninfoPtr options(PQconninfoParse(without_driver(conninfo).c_str(), &message));
  // libpq's sentence quotes the part it could not read, which may be the password.
  PQfreemem(message);
  return options;
}

enum class Wait { kReady, kTimeout, kCancelled };

Wait wait_for(int socket, short events, std::optional<SteadyTime> deadline, GCancellable* cancel) {
  GPollFD cancel_fd{.fd = -1, .events = 0, .revents = 0};
  const bool watched = cancel && g_cancellable_make_pollfd(cancel, &cancel_fd);
  pollfd fds[] = {{socket, events, 0}, {watched ? cancel_fd.fd : -1, POLLIN, 0}};
  int ready = 0;
  do {
    int timeout = -1;
    if (deadline) {
      const auto left =
          std::chrono::ceil<milliseconds>(*deadline - std::chrono::steady_clock::now());
      timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    }
    ready = poll(fds, 2, timeout);
  } while (ready < 0 && errno == EINTR);
  if (watched)
    g_cancellable_release_fd(cancel);
  if (cancel && g_cancellable_is_cancelled(cancel))
    return Wait::kCancelled;
  return ready == 0 ? Wait::kTimeout : Wait::kReady;
}

const char* sentence(Wait wait) {
  return wait == Wait::kCancelled ? "given up because the program stops"
                                  : "the database did not answer in time";
}

// The server said so itself, but what it says is that it goes away.
bool means_lost(std::string_view sqlstate) {
  return sqlstate.substr(0, 2) == "08" || sqlstate == "57P01" || sqlstate == "57P02" ||
         sqlstate == "57P03" || sqlstate == "57P05";
}

DbError error_of(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string message = one_line(primary ? primary : PQresultErrorMessage(result));
  if (const char* detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL))
    message += " (" + one_line(detail) + ")";
  DbError error{.message = std::move(message), .sqlstate = sqlstate ? sqlstate : ""};
  error.lost = means_lost(error.sqlstate);
  return error;
}

}  // namespace

Param::Param(std::chrono::system_clock::time_point time)
    : Param(std::int64_t{
          std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count()}) {}

const char* Row::cell(const char* column) const {
  const int number = PQfnumber(result_, column);
  if (number < 0)
    g_error("the statement selects no column %s", column);
  return PQgetisnull(result_, index_, number) ? nullptr : PQgetvalue(result_, index_, number);
}

bool Row::is_null(const char* column) const { return !cell(column); }

std::string Row::text(const char* column) const {
  const char* value = cell(column);
  return value ? value : "";
}

std::int64_t Row::integer(const char* column) const { return optional_integer(column).value_or(0); }

bool Row::boolean(const char* column) const {
  const char* value = cell(column);
  return value && value[0] == 't';
}

std::chrono::system_clock::time_point Row::time(const char* column) const {
  return optional_time(column).value_or(std::chrono::system_clock::time_point{});
}

std::optional<std::int64_t> Row::optional_integer(const char* column) const {
  const char* value = cell(column);
  return value ? std::optional<std::int64_t>(std::strtoll(value, nullptr, 10)) : std::nullopt;
}

std::optional<std::chrono::system_clock::time_point> Row::optional_time(const char* column) const {
  const auto us = optional_integer(column);
  if (!us)
    return std::nullopt;
  return std::chrono::system_clock::time_point(std::chrono::microseconds(*us));
}

std::int64_t Rows::affected() const {
  return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
}

Connection::Connection(PGconn* connection, ConnectionOptions options)
    : connection_(connection), options_(std::move(options)) {}

Result<Connection, DbError> Connection::open(const std::string& conninfo,
                                             ConnectionOptions options) {
  if (!parse(conninfo))
    return Unexpected(DbError{.message = kNotConnectionString});
  const std::string target = without_driver(conninfo);
  const auto timeout = std::to_string(options.statement_timeout.count());
  // What stands before dbname is overridden by the connection string, what follows is not.
  const char* const keywords[] = {"keepalives_idle",  "keepalives_interval",
                                  "keepalives_count", "tcp_user_timeout",
                                  "application_name", "dbname",
                                  "client_encoding",  nullptr};
  const char* const values[] = {"10",           "5",    "3",    "15000", "centralita",
                                target.c_str(), "UTF8", nullptr};
  Connection connection(PQconnectStartParams(keywords, values, 1), std::move(options));
  if (auto error = connection.wait_connected())
    return Unexpected(std::move(*error));
  PQsetnonblocking(connection.connection_.get(), 1);
  PQsetNoticeProcessor(
      connection.connection_.get(), [](void*, const char*) noexcept {}, nullptr);
  auto prepared = connection.query("select set_config('statement_timeout', $1, false)", {timeout});
  if (!prepared)
    return Unexpected(prepared.error());
  return connection;
}

std::optional<DbError> Connection::wait_connected() {
  auto* connection = connection_.get();
  const auto deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
  auto step = PGRES_POLLING_WRITING;
  while (connection && PQstatus(connection) != CONNECTION_BAD) {
    const short events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    const auto wait = wait_for(PQsocket(connection), events, deadline, options_.cancel.get());
    if (wait != Wait::kReady)
      return lose(sentence(wait));
    step = PQconnectPoll(connection);
    if (step == PGRES_POLLING_OK)
      return std::nullopt;
    if (step == PGRES_POLLING_FAILED)
      break;
  }
  return lose(connection ? one_line(PQerrorMessage(connection)) : "out of memory");
}

Result<Rows, DbError> Connection::query(const char* sql, std::span<const Param> params) {
  if (!alive())
    return Unexpected(lose("not connected to the database"));
  std::vector<const char*> values;
  for (const auto& param : params) {
    const auto& value = param.value();
    if (value && value->find('\0') != std::string::npos)
      return Unexpected(DbError{.message = "a parameter holds a zero byte", .sqlstate = "22021"});
    values.push_back(value ? value->c_str() : nullptr);
  }
  if (!PQsendQueryParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr,
                         values.data(), nullptr, nullptr, 0))
    return Unexpected(lose(one_line(PQerrorMessage(connection_.get()))));
  return collect(options_.statement_timeout + kGrace);
}

Result<Rows, DbError> Connection::run_script(const std::string& sql) {
  if (!alive())
    return Unexpected(lose("not connected to the database"));
  if (!PQsendQuery(connection_.get(), sql.c_str()))
    return Unexpected(lose(one_line(PQerrorMessage(connection_.get()))));
  return collect(std::nullopt);
}

Result<Rows, DbError> Connection::collect(std::optional<milliseconds> timeout) {
  auto* connection = connection_.get();
  std::optional<SteadyTime> deadline;
  if (timeout)
    deadline = std::chrono::steady_clock::now() + *timeout;
  ResultPtr last;
  std::optional<DbError> failure;
  // A server that goes says why before its connection ends: its sentence is the better one.
  const auto lost = [&](std::string message) {
    auto error = lose(failure ? std::move(failure->message) : std::move(message));
    if (failure)
      error.sqlstate = std::move(failure->sqlstate);
    return Unexpected(std::move(error));
  };
  for (;;) {
    // While our statement is still on its way the server may already speak: both ways are watched.
    for (;;) {
      const int unsent = PQflush(connection);
      if (unsent < 0)
        return lost(one_line(PQerrorMessage(connection)));
      if (unsent == 0 && !PQisBusy(connection))
        break;
      const short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
      const auto wait = wait_for(PQsocket(connection), events, deadline, options_.cancel.get());
      if (wait != Wait::kReady)
        return lost(sentence(wait));
      if (!PQconsumeInput(connection))
        return lost(one_line(PQerrorMessage(connection)));
    }
    ResultPtr result(PQgetResult(connection));
    if (!result)
      break;
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && !failure)
      failure = error_of(result.get());
    last = std::move(result);
  }
  if (!last || !alive() || (failure && failure->lost))
    return lost("the database gave no answer");
  if (failure)
    return Unexpected(std::move(*failure));
  return Rows(std::move(last));
}

Result<std::vector<Notice>, DbError> Connection::notices(milliseconds timeout) {
  using NotifyPtr = std::unique_ptr<PGnotify, FreeWith<PQfreemem>>;
  if (!alive())
    return Unexpected(lose("not connected to the database"));
  auto* connection = connection_.get();
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::vector<Notice> notices;
  for (;;) {
    // What came with the answer to a statement is there already.
    while (const auto notify = NotifyPtr(PQnotifies(connection)))
      notices.push_back({notify->relname, notify->extra});
    if (!notices.empty())
      return notices;
    const auto wait = wait_for(PQsocket(connection), POLLIN, deadline, options_.cancel.get());
    if (wait == Wait::kTimeout)
      return notices;
    if (wait == Wait::kCancelled)
      return Unexpected(lose(sentence(wait)));
    if (!PQconsumeInput(connection))
      return Unexpected(lose(one_line(PQerrorMessage(connection))));
  }
}

bool Connection::in_transaction() const {
  return alive() && PQtransactionStatus(connection_.get()) == PQTRANS_INTRANS;
}

DbError Connection::lose(std::string message) {
  connection_.reset();
  return {.message = std::move(message), .lost = true};
}

std::string describe(const std::string& conninfo) {
  const auto options = parse(conninfo);
  std::string text;
  for (const auto* option = options.get(); option && option->keyword; ++option) {
    const std::string_view keyword = option->keyword;
    if (!option->val || (keyword != "host" && keyword != "hostaddr" && keyword != "port" &&
                         keyword != "dbname" && keyword != "user"))
      continue;
    text += (text.empty() ? "" : " ") + std::string(keyword) + "=" + option->val;
  }
  return text.empty() ? "the default database" : text;
}

bool is_conninfo(const std::string& conninfo) { return parse(conninfo) != nullptr; }

}  // namespace centralita::store
