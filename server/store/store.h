// The store keeps the history of calls in PostgreSQL and knows the agents.
//
// Writing never waits: a record goes into the journal on the local disk (server/journal/journal.h
// says when it is safe there), and one thread stores it in the database from there, in order, as it
// comes; while the database is away the journal grows and the calls go on. Nothing is lost or
// doubled when a connection breaks, the process dies or the machine does. Reading happens on a
// second thread, and what a call waits for on a third; what was just written may not be in the
// answer yet.
//
//   auto store = Store::open({.conninfo = url, .journal = {.folder = data + "/journal"},
//                             .auto_migrate = true});
//   call.set_observer(*store);
//   store->list_calls({.limit = 20}, context, [](auto page) { ... });   // answered on `context`
//   store->flush(5s);   // before it goes; what the database does not have then waits in the
//   journal
//
// Any thread. An answer is given exactly once, on the context that was named (null: the default
// one), also when the store is destroyed first; what the function captures must live until then.
#pragma once

#include "plugins/base/locked.h"
#include "server/agents/codec.h"
#include "server/journal/journal.h"
#include "server/store/agents.h"
#include "server/store/call_lists.h"
#include "server/store/journal_writer.h"
#include "server/store/listener.h"
#include "server/store/queries.h"
#include "server/store/reader.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace centralita::store {

struct StoreOptions {
  std::string conninfo;  // see Connection::open()
  journal::JournalOptions journal;
  InstanceOptions instance;
  bool auto_migrate = false;  // run the migrations that are missing, whenever the database is there
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds statement_timeout{5'000};
  std::chrono::milliseconds first_retry{100}, longest_retry{5'000};
  std::chrono::milliseconds heartbeat{2'000};
};

struct StoreStatus {
  bool healthy = false;            // connected, the schema is ours, and the last write worked
  std::string last_error;          // why not, or what the last outage was; empty: there was none
  std::uint64_t rejected = 0;      // records the database would not have; the journal has them
  journal::JournalStatus journal;  // how much waits for the database, and whether the disk works
  bool can_answer_calls = false;   // the agents are known, from the database or from the last start
};

class Store final : public CallObserver {
 public:
  // Returns at once; the database may be absent.
  static std::unique_ptr<Store> open(StoreOptions options);
  ~Store() override;  // stops at once: see flush()

  void call_started(const CallStarted& call) override;
  void turn_finished(const TurnFinished& turn) override;
  void call_ended(const CallEnded& end) override;
  void call_event(const CallEvent& event) override;
  void tool_finished(const ToolFinished& tool) override;
  void call_status(const CallProgress& progress);
  // Any kind of record; see server/journal/record.h.
  void record(journal::Record record) { journal_.add(std::move(record)); }
  // This run of the server: its id among the instances.
  const std::string& run() const { return journal_.run(); }

  // kBadCursor for a cursor that is none, also while the database is away.
  void list_calls(CallQuery query, GMainContext* context,
                  std::function<void(Result<CallPage, StoreError>)> answer);
  // By id or session_id; kNotFound.
  void get_call(CallKey key, GMainContext* context,
                std::function<void(Result<CallDetail, StoreError>)> answer);
  // What a call of that kind is told (null: the shared part alone); kNotFound. Read anew every
  // time, so that a change counts from the next call on, whichever server made it. When the
  // database cannot answer, what was read last, by this run or by the one before.
  void load_agent(AgentKey key, std::optional<agents::Profile> profile, GMainContext* context,
                  std::function<void(Result<AgentConfig, StoreError>)> answer);

  // The language of the agent that answers a number, as it was read last; empty: not known.
  std::string known_language(const std::string& number);

  // The functions of agents.h, on the store's thread: those that only read, and those that change.
  template <typename T>
  void read(std::function<Result<T, StoreError>(Connection&)> query, GMainContext* context,
            std::function<void(Result<T, StoreError>)> answer) {
    reader_.ask<T>(std::move(query), context, std::move(answer));
  }
  template <typename T>
  void change(std::function<Result<T, StoreError>(Connection&)> query, GMainContext* context,
              std::function<void(Result<T, StoreError>)> answer) {
    reader_.ask<T>(std::move(query), context, std::move(answer), nullptr, true);
  }

  // The same for what a call or a stop of calls waits for: on a thread and a connection of its own,
  // so that it never waits behind somebody's statistics.
  template <typename T>
  void read_promptly(std::function<Result<T, StoreError>(Connection&)> query, GMainContext* context,
                     std::function<void(Result<T, StoreError>)> answer) {
    prompt_reader_.ask<T>(std::move(query), context, std::move(answer));
  }
  template <typename T>
  void change_promptly(std::function<Result<T, StoreError>(Connection&)> query,
                       GMainContext* context, std::function<void(Result<T, StoreError>)> answer) {
    prompt_reader_.ask<T>(std::move(query), context, std::move(answer), nullptr, true);
  }

  // What the database would not have (server/store/refused.h).
  journal::Journal& journal() { return journal_; }

  // What other servers and the database say.
  Listener& listener() { return listener_; }

  // Servers besides this one that take calls, as of some seconds ago.
  int other_instances() const { return writer_.instances().others(); }

  StoreStatus status() const;
  bool wait_until_healthy(bool healthy, std::chrono::milliseconds timeout) const;
  // Waits until the database has everything handed over; false when the time is over. Blocks.
  bool flush(std::chrono::milliseconds timeout);

 private:
  // What was read last, for an outage.
  struct KnownAgents {
    std::map<std::int64_t, FoundAgent> by_id;
    std::map<std::string, std::int64_t> by_number;            // "": the default agent
    std::map<std::string, std::vector<std::string>> remarks;  // by agent and profile, once logged
  };

  explicit Store(StoreOptions options);
  AgentConfig config_of(const FoundAgent& agent, std::optional<agents::Profile> profile);
  void remember(const AgentKey& key, const FoundAgent& agent);
  void forget(const AgentKey& key);
  std::optional<FoundAgent> remembered(const AgentKey& key);
  void remember_all();

  static KnownAgents known_at_last_start(journal::Journal& journal);

  journal::Journal journal_;
  mutable Locked<KnownAgents> agents_;
  Reader reader_, prompt_reader_;
  Listener listener_;
  JournalWriter writer_;  // last: its thread uses the readers, and stops first
};

}  // namespace centralita::store
