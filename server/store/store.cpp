#include "server/store/store.h"

#include "server/store/cursor.h"

#include <spdlog/spdlog.h>

namespace centralita::store {
namespace {

ConnectionOptions connection_options(const StoreOptions& options) {
  return {.connect_timeout = options.connect_timeout,
          .statement_timeout = options.statement_timeout,
          .cancel = Ref<GCancellable>::adopt(g_cancellable_new())};
}

WriterOptions writer_options(const StoreOptions& options) {
  return {.conninfo = options.conninfo,
          .connection = connection_options(options),
          .auto_migrate = options.auto_migrate,
          .close_abandoned_calls = options.close_abandoned_calls,
          .first_retry = options.first_retry,
          .longest_retry = options.longest_retry,
          .heartbeat = options.heartbeat};
}

bool matches(const AgentConfig& config, const AgentKey& key) {
  const auto* id = std::get_if<std::int64_t>(&key);
  return id ? config.id == *id : config.name == std::get<std::string>(key);
}

}  // namespace

std::unique_ptr<Store> Store::open(StoreOptions options) {
  return std::unique_ptr<Store>(new Store(std::move(options)));
}

Store::Store(StoreOptions options)
    : queue_(options.queue_limit),
      reader_(options.conninfo, connection_options(options)),
      writer_(writer_options(options), queue_, [this] { remember_all(); }) {}

Store::~Store() {
  if (const auto left = queue_.size())
    spdlog::error("store: stopped with {} records that the database never got", left);
}

void Store::call_started(const CallStarted& call) { push(call); }
void Store::turn_finished(const TurnFinished& turn) { push(turn); }
void Store::call_ended(const CallEnded& end) { push(end); }

void Store::push(Record record) {
  // A line a record would drown the log of a server that is in trouble already.
  constexpr std::uint64_t kEvery = 1'000;
  const auto dropped = queue_.push(std::move(record));
  if (dropped % kEvery == 1)
    spdlog::error(
        "store: the queue is full while the database is away: {} records lost so far, "
        "oldest turns first",
        dropped);
}

void Store::list_calls(CallQuery query, GMainContext* context,
                       std::function<void(Result<CallPage, StoreError>)> answer) {
  if (!query.cursor.empty() && !decode_cursor(query.cursor)) {
    post(context, [answer = std::move(answer)] {
      answer(Unexpected(
          StoreError{kBadCursor, "The cursor is not one that a page of calls ended with."}));
    });
    return;
  }
  reader_.ask<CallPage>(
      [query = std::move(query)](Connection& connection) {
        return store::list_calls(connection, query);
      },
      context, std::move(answer));
}

void Store::get_call(CallKey key, GMainContext* context,
                     std::function<void(Result<CallDetail, StoreError>)> answer) {
  reader_.ask<CallDetail>(
      [key = std::move(key)](Connection& connection) { return store::get_call(connection, key); },
      context, std::move(answer));
}

void Store::load_agent(AgentKey key, GMainContext* context,
                       std::function<void(Result<AgentConfig, StoreError>)> answer) {
  // A caller is waiting: what is known is said at once when nobody can be asked.
  if (!writer_.health().healthy)
    if (auto config = remembered(key)) {
      post(context, [answer = std::move(answer), config = std::move(*config)] { answer(config); });
      return;
    }
  reader_.ask<AgentConfig>(
      [this, key](Connection& connection) -> Result<AgentConfig, StoreError> {
        auto agent = store::load_agent(connection, key);
        if (agent) {
          remember(*agent);
          return std::move(agent->config);
        }
        if (agent.error().code == kNotFound)
          forget(key);
        return Unexpected(agent.error());
      },
      context, std::move(answer), [this, key](const StoreError&) { return remembered(key); });
}

void Store::remember(const DecodedAgent& agent) {
  auto agents = agents_.lock();
  auto& known = (*agents)[agent.config.id];
  // Once for each change, and not for every call.
  if (known.remarks != agent.remarks)
    for (const auto& remark : agent.remarks)
      spdlog::warn("store: agent {}: {}", agent.config.name, remark);
  known = {agent.config, agent.remarks};
}

void Store::forget(const AgentKey& key) {
  std::erase_if(*agents_.lock(),
                [&](const auto& entry) { return matches(entry.second.config, key); });
}

std::optional<AgentConfig> Store::remembered(const AgentKey& key) {
  for (const auto& [id, agent] : *agents_.lock())
    if (matches(agent.config, key))
      return agent.config;
  return std::nullopt;
}

void Store::remember_all() {
  reader_.try_again();
  reader_.ask<int>(
      [this](Connection& connection) -> Result<int, StoreError> {
        const auto agents = load_agents(connection);
        if (!agents)
          return Unexpected(agents.error());
        for (const auto& agent : *agents) remember(agent);
        return static_cast<int>(agents->size());
      },
      nullptr, [](Result<int, StoreError>) {});
}

StoreStatus Store::status() const {
  auto health = writer_.health();
  return {.healthy = health.healthy,
          .last_error = std::move(health.last_error),
          .queue_depth = queue_.size(),
          .dropped = queue_.dropped(),
          .rejected = health.rejected};
}

bool Store::wait_until_healthy(bool healthy, std::chrono::milliseconds timeout) const {
  return writer_.wait_until_healthy(healthy, timeout);
}

bool Store::flush(std::chrono::milliseconds timeout) { return queue_.wait_empty(timeout); }

}  // namespace centralita::store
