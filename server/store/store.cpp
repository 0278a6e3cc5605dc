#include "server/store/store.h"

#include "server/store/cursor.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita::store {
namespace {

using namespace std::chrono_literals;

// Where the journal keeps the agents for the next start.
constexpr char kAgentsKey[] = "agents";

ConnectionOptions connection_options(const StoreOptions& options) {
  return {.connect_timeout = options.connect_timeout,
          .statement_timeout = options.statement_timeout,
          .cancel = Ref<GCancellable>::adopt(g_cancellable_new())};
}

// A call that rings is answered with what was read last when this takes longer.
ConnectionOptions prompt_options(const StoreOptions& options) {
  auto prompt = connection_options(options);
  prompt.connect_timeout = std::min<std::chrono::milliseconds>(prompt.connect_timeout, 2s);
  prompt.statement_timeout = std::min<std::chrono::milliseconds>(prompt.statement_timeout, 2s);
  return prompt;
}

WriterOptions writer_options(const StoreOptions& options) {
  return {.conninfo = options.conninfo,
          .connection = connection_options(options),
          .auto_migrate = options.auto_migrate,
          .instance = options.instance,
          .first_retry = options.first_retry,
          .longest_retry = options.longest_retry,
          .heartbeat = options.heartbeat};
}

}  // namespace

std::unique_ptr<Store> Store::open(StoreOptions options) {
  return std::unique_ptr<Store>(new Store(std::move(options)));
}

Store::Store(StoreOptions options)
    : journal_(options.journal),
      agents_(known_at_last_start(journal_)),
      reader_(options.conninfo, connection_options(options)),
      prompt_reader_(options.conninfo, prompt_options(options)),
      listener_({.conninfo = options.conninfo,
                 .connection = connection_options(options),
                 .first_retry = options.first_retry,
                 .longest_retry = std::min<std::chrono::milliseconds>(options.longest_retry, 2s)}),
      writer_(writer_options(options), journal_, [this] { remember_all(); }) {}

Store::~Store() {
  if (const auto left = journal_.status().waiting)
    spdlog::warn("store: stopped with {} records that wait in the journal for the next start",
                 left);
}

void Store::call_started(const CallStarted& call) { journal_.add(call); }
void Store::turn_finished(const TurnFinished& turn) { journal_.add(turn); }
void Store::call_ended(const CallEnded& end) { journal_.add(end); }
void Store::call_event(const CallEvent& event) { journal_.add(event); }
void Store::tool_finished(const ToolFinished& tool) { journal_.add(tool); }
void Store::call_status(const CallProgress& progress) { journal_.add(progress); }

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

void Store::load_agent(AgentKey key, std::optional<agents::Profile> profile, GMainContext* context,
                       std::function<void(Result<AgentConfig, StoreError>)> answer) {
  // A caller is waiting: what is known is said at once when nobody can be asked.
  if (!writer_.health().healthy)
    if (const auto agent = remembered(key)) {
      post(context,
           [answer = std::move(answer), config = config_of(*agent, profile)] { answer(config); });
      return;
    }
  prompt_reader_.ask<AgentConfig>(
      [this, key, profile](Connection& connection) -> Result<AgentConfig, StoreError> {
        const auto agent = find_agent(connection, key);
        if (agent) {
          remember(key, *agent);
          return config_of(*agent, profile);
        }
        if (agent.error().code == kNotFound)
          forget(key);
        return Unexpected(agent.error());
      },
      context, std::move(answer),
      [this, key, profile](const StoreError&) {
        const auto agent = remembered(key);
        return agent ? std::optional(config_of(*agent, profile)) : std::nullopt;
      });
}

AgentConfig Store::config_of(const FoundAgent& agent, std::optional<agents::Profile> profile) {
  // The column holds nothing but objects, so that there is always a document.
  const auto document = agents::read_document(agent.config);
  auto reading = agents::read_config(document ? *document : agents::AgentDocument{}, profile);
  auto& logged =
      (*agents_.lock()).remarks[std::to_string(agent.id) + (profile ? name_of(*profile) : "")];
  // Once for each change, and not for every call.
  if (logged != reading.remarks)
    for (const auto& remark : reading.remarks)
      spdlog::warn("store: agent {}: {}", agent.name, remark);
  logged = std::move(reading.remarks);
  reading.config.id = agent.id;
  reading.config.name = agent.name;
  return std::move(reading.config);
}

void Store::remember(const AgentKey& key, const FoundAgent& agent) {
  auto known = agents_.lock();
  known->by_id[agent.id] = agent;
  if (const auto* called = std::get_if<CalledNumber>(&key))
    known->by_number[called->number] = agent.id;
}

void Store::forget(const AgentKey& key) {
  auto known = agents_.lock();
  if (const auto* called = std::get_if<CalledNumber>(&key))
    known->by_number.erase(called->number);
  std::erase_if(known->by_id, [&](const auto& entry) {
    const auto* id = std::get_if<std::int64_t>(&key);
    const auto* name = std::get_if<std::string>(&key);
    return (id && entry.first == *id) || (name && entry.second.name == *name);
  });
}

std::optional<FoundAgent> Store::remembered(const AgentKey& key) {
  const auto known = agents_.lock();
  auto found = known->by_id.end();
  if (const auto* id = std::get_if<std::int64_t>(&key)) {
    found = known->by_id.find(*id);
  } else if (const auto* name = std::get_if<std::string>(&key)) {
    found = std::find_if(known->by_id.begin(), known->by_id.end(),
                         [&](const auto& entry) { return entry.second.name == *name; });
  } else {
    auto owner = known->by_number.find(std::get<CalledNumber>(key).number);
    if (owner == known->by_number.end())
      owner = known->by_number.find("");
    if (owner != known->by_number.end())
      found = known->by_id.find(owner->second);
  }
  return found == known->by_id.end() ? std::nullopt : std::optional(found->second);
}

void Store::remember_all() {
  reader_.try_again();
  prompt_reader_.try_again();
  reader_.ask<int>(
      [this](Connection& connection) -> Result<int, StoreError> {
        const auto all = list_agents(connection, false);
        if (!all)
          return Unexpected(all.error());
        KnownAgents known;
        json::Array kept;
        for (const auto& agent : *all) {
          known.by_id[agent.id] = {agent.id, agent.name, agents::to_text(agent.document)};
          json::Array numbers;
          for (const auto& number : agent.numbers) {
            known.by_number[number] = agent.id;
            numbers.add(number);
          }
          if (agent.is_default) {
            known.by_number[""] = agent.id;
            numbers.add("");
          }
          kept.add(json::Object()
                       .set("id", agent.id)
                       .set("name", agent.name)
                       .set("config", known.by_id[agent.id].config)
                       .set("numbers", numbers));
        }
        {
          auto current = agents_.lock();
          known.remarks = std::move(current->remarks);
          *current = std::move(known);
        }
        journal_.keep(kAgentsKey, kept.to_string());
        return static_cast<int>(all->size());
      },
      nullptr, [](Result<int, StoreError>) {});
}

Store::KnownAgents Store::known_at_last_start(journal::Journal& journal) {
  KnownAgents known;
  const auto kept = json::parse(journal.kept(kAgentsKey));
  if (!kept)
    return known;
  for (const auto& agent : kept->array().objects()) {
    const auto id = agent.integer("id").value_or(0);
    known.by_id[id] = {id, agent.string("name").value_or(""), agent.string("config").value_or("")};
    if (const auto numbers = agent.array("numbers"))
      for (const auto& number : numbers->strings()) known.by_number[number] = id;
  }
  return known;
}

std::string Store::known_language(const std::string& number) {
  const auto agent = remembered(AgentKey(CalledNumber{number}));
  return agent ? config_of(*agent, std::nullopt).voice_language : "";
}

StoreStatus Store::status() const {
  auto health = writer_.health();
  return {.healthy = health.healthy,
          .last_error = std::move(health.last_error),
          .rejected = health.rejected,
          .journal = journal_.status(),
          .can_answer_calls = agents_.lock()->by_number.contains("")};
}

bool Store::wait_until_healthy(bool healthy, std::chrono::milliseconds timeout) const {
  return writer_.wait_until_healthy(healthy, timeout);
}

bool Store::flush(std::chrono::milliseconds timeout) { return journal_.wait_empty(timeout); }

}  // namespace centralita::store
