#include "server/store/call_writer.h"

#include "server/store/migrate.h"
#include "server/store/queries.h"
#include "server/store/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <type_traits>

namespace centralita::store {
namespace {

using std::chrono::milliseconds;

// Records stored in one transaction, so that what waited through an outage is stored quickly.
constexpr std::size_t kBatch = 200;

bool is_records_fault(const DbError& error) {
  const std::string_view code = error.sqlstate;
  return !error.lost && (code.substr(0, 2) == "22" || code.substr(0, 2) == "23");
}

template <typename... Texts>
bool clean(Texts&... texts) {
  bool changed = false;
  ((texts = clean_text(texts, &changed)), ...);
  return changed;
}

bool clean_record(CallStarted& call) {
  return clean(call.session_id, call.client_type, call.direction, call.provider_call_id,
               call.from_number, call.to_number, call.agent_name);
}
bool clean_record(CallProgress& progress) { return clean(progress.session_id, progress.status); }
bool clean_record(TurnFinished& turn) {
  return clean(turn.session_id, turn.content, turn.generated);
}
bool clean_record(CallEnded& end) {
  return clean(end.session_id, end.status, end.end_cause, end.error);
}
bool clean_record(CallEvent& event) { return clean(event.session_id, event.name, event.detail); }
bool clean_record(ToolFinished& tool) {
  return clean(tool.session_id, tool.id, tool.name, tool.arguments, tool.result);
}

std::string label(const CallStarted& call) { return "start of call " + call.session_id; }
std::string label(const CallProgress& progress) { return "status of call " + progress.session_id; }
std::string label(const TurnFinished& turn) {
  return "turn " + std::to_string(turn.number) + " of call " + turn.session_id;
}
std::string label(const CallEnded& end) { return "end of call " + end.session_id; }
std::string label(const CallEvent& event) {
  return "event " + event.name + " of call " + event.session_id;
}
std::string label(const ToolFinished& tool) {
  return "tool call " + std::to_string(tool.number) + " of call " + tool.session_id;
}

Result<std::int64_t, DbError> store(Connection& connection, const CallStarted& call) {
  return start_call(connection, call);
}
Result<std::int64_t, DbError> store(Connection& connection, const CallProgress& progress) {
  return set_call_status(connection, progress);
}
Result<std::int64_t, DbError> store(Connection& connection, const TurnFinished& turn) {
  return finish_turn(connection, turn);
}
Result<std::int64_t, DbError> store(Connection& connection, const CallEnded& end) {
  return end_call(connection, end);
}
Result<std::int64_t, DbError> store(Connection& connection, const CallEvent& event) {
  return add_call_event(connection, event);
}
Result<std::int64_t, DbError> store(Connection& connection, const ToolFinished& tool) {
  return add_tool_call(connection, tool);
}
// An event that is stored twice touches no row the second time, as does one of a call that was
// deleted; the log keeps quiet about both.
template <typename R>
constexpr bool is_missed = !std::is_same_v<R, CallEvent> && !std::is_same_v<R, ToolFinished>;

}  // namespace

CallWriter::CallWriter(WriterOptions options, WriteQueue& queue, std::function<void()> ready)
    : options_(std::move(options)), queue_(queue), ready_(std::move(ready)) {
  thread_ = std::thread([this] { run(); });
}

CallWriter::~CallWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  queue_.close();
  if (options_.connection.cancel)
    g_cancellable_cancel(options_.connection.cancel.get());
  thread_.join();
}

WriterHealth CallWriter::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

bool CallWriter::wait_until_healthy(bool healthy, milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return health_.healthy == healthy; });
}

void CallWriter::run() {
  away_since_ = std::chrono::steady_clock::now();
  auto retry = options_.first_retry;
  for (;;) {
    std::optional<DbError> error;
    if (!connection_ || !connection_->alive()) {
      error = prepare();
      // With nothing to store, being connected is all there is to recover.
      if (!error && queue_.size() == 0)
        back();
    }
    if (!error) {
      const auto entries =
          queue_.next(kBatch, std::chrono::steady_clock::now() + options_.heartbeat);
      if (!entries.empty()) {
        error = write(entries);
        if (!error)
          queue_.done(entries.back().number);
      } else if (auto alive = connection_->query("select 1"); !alive) {
        error = alive.error();
      }
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
    queue_.put_back();
    if (!pause(milliseconds(0)))
      return;
    away(*error);
    if (!pause(retry))
      return;
    retry = std::min(retry * 2, options_.longest_retry);
  }
}

std::optional<DbError> CallWriter::prepare() {
  auto connection = Connection::open(options_.conninfo, options_.connection);
  if (!connection)
    return connection.error();
  const auto schema = options_.auto_migrate ? migrate(*connection) : check_schema(*connection);
  if (!schema)
    return schema.error();
  if (options_.close_abandoned_calls && !abandoned_closed_) {
    const auto closed = close_abandoned_calls(*connection);
    if (!closed)
      return closed.error();
    abandoned_closed_ = true;
    if (*closed > 0)
      spdlog::warn("store: {} calls of a previous run were still open and are closed as failed",
                   *closed);
  }
  connection_ = std::move(*connection);
  return std::nullopt;
}

std::optional<DbError> CallWriter::write(const std::vector<WriteQueue::Entry>& entries) {
  if (entries.size() == 1)
    return write_each(entries);
  if (auto begun = connection_->query("begin"); !begun)
    return begun.error();
  for (const auto& entry : entries) {
    auto error = write_one(*entry.record);
    if (!error)
      continue;
    if (!is_records_fault(*error))
      return error;
    // The transaction is spoilt for all of them: on their own, only the bad ones are refused.
    if (auto undone = connection_->query("rollback"); !undone)
      return undone.error();
    return write_each(entries);
  }
  if (auto committed = connection_->query("commit"); !committed)
    return committed.error();
  return std::nullopt;
}

std::optional<DbError> CallWriter::write_each(const std::vector<WriteQueue::Entry>& entries) {
  for (const auto& entry : entries) {
    const auto error = write_one(*entry.record);
    if (error && !is_records_fault(*error))
      return error;
    if (error) {
      spdlog::error("store: the {} is given up, the database refuses it: {} ({})",
                    std::visit([](const auto& r) { return label(r); }, *entry.record),
                    error->message, error->sqlstate);
      const std::lock_guard lock(mutex_);
      ++health_.rejected;
    }
  }
  return std::nullopt;
}

std::optional<DbError> CallWriter::write_one(const Record& record) {
  return std::visit(
      [this](auto copy) -> std::optional<DbError> {
        if (clean_record(copy))
          spdlog::warn(
              "store: the {} held bytes that are not UTF-8, or zero bytes; U+FFFD stands for "
              "them",
              label(copy));
        const auto stored = store(*connection_, copy);
        if (!stored)
          return stored.error();
        if (*stored == 0 && is_missed<decltype(copy)>)
          spdlog::warn("store: the {} is not kept: the history has no such call", label(copy));
        return std::nullopt;
      },
      record);
}

void CallWriter::away(const DbError& error) {
  const std::lock_guard lock(mutex_);
  health_.healthy = false;
  health_.last_error = error.message;
  changed_.notify_all();
  if (outage_)
    return;
  outage_ = true;
  away_since_ = std::chrono::steady_clock::now();
  spdlog::error("store: the database is away ({}): {}; records wait in memory",
                describe(options_.conninfo), error.message);
}

void CallWriter::back() {
  if (health().healthy)
    return;
  // Before anybody is told, so that who waits for a healthy store finds it able to read too.
  ready_();
  const std::lock_guard lock(mutex_);
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - away_since_);
  if (outage_) {
    spdlog::info("store: the database is back after {:.1f} s ({}), {} records left to store",
                 seconds.count(), describe(options_.conninfo), queue_.size());
  } else {
    spdlog::info("store: connected to the database ({})", describe(options_.conninfo));
    health_.last_error.clear();
  }
  outage_ = false;
  health_.healthy = true;
  changed_.notify_all();
}

bool CallWriter::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stop_; });
}

}  // namespace centralita::store
