// The store keeps the history of calls in PostgreSQL and knows the agents.
//
// Writing never waits: a record goes into a bounded queue in memory and one thread stores it, in
// order, as it comes; while the database is away the queue grows and the calls go on. Each record
// may be stored twice with the same outcome, so nothing is lost or doubled when a connection breaks
// in between. Reading happens on a second thread; what was just written may not be in the answer
// yet.
//
//   auto store = Store::open({.conninfo = url, .auto_migrate = true, .close_abandoned_calls =
//   true}); call.set_observer(*store); store->list_calls({.limit = 20}, context, [](auto page) {
//   ... });   // answered on `context` store->flush(5s); // before it goes
//
// Any thread. An answer is given exactly once, on the context that was named (null: the default
// one), also when the store is destroyed first; what the function captures must live until then.
#pragma once

#include "plugins/base/locked.h"
#include "server/agents/codec.h"
#include "server/store/agents.h"
#include "server/store/call_lists.h"
#include "server/store/call_writer.h"
#include "server/store/listener.h"
#include "server/store/queries.h"
#include "server/store/reader.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace centralita::store {

struct StoreOptions {
  std::string conninfo;       // see Connection::open()
  bool auto_migrate = false;  // run the migrations that are missing, whenever the database is there
  // Once, before anything of this run is written: calls that still count as active become "failed",
  // "server-restarted". Only where one server uses the database.
  bool close_abandoned_calls = false;
  std::size_t queue_limit =
      100'000;  // records; beyond, the oldest turn is dropped, which is logged
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds statement_timeout{5'000};
  std::chrono::milliseconds first_retry{100}, longest_retry{5'000};
  std::chrono::milliseconds heartbeat{2'000};
};

struct StoreStatus {
  bool healthy = false;    // connected, the schema is ours, and the last write worked
  std::string last_error;  // why not, or what the last outage was; empty: there was none
  std::size_t queue_depth = 0;
  std::uint64_t dropped = 0;   // records lost to a full queue
  std::uint64_t rejected = 0;  // records the database would not have
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

  // kBadCursor for a cursor that is none, also while the database is away.
  void list_calls(CallQuery query, GMainContext* context,
                  std::function<void(Result<CallPage, StoreError>)> answer);
  // By id or session_id; kNotFound.
  void get_call(CallKey key, GMainContext* context,
                std::function<void(Result<CallDetail, StoreError>)> answer);
  // What a call of that kind is told (null: the shared part alone); kNotFound. Read anew every
  // time, so that a change counts from the next call on, whichever server made it. When the
  // database cannot answer, what was read last.
  void load_agent(AgentKey key, std::optional<agents::Profile> profile, GMainContext* context,
                  std::function<void(Result<AgentConfig, StoreError>)> answer);

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

  // What other servers and the database say.
  Listener& listener() { return listener_; }

  StoreStatus status() const;
  bool wait_until_healthy(bool healthy, std::chrono::milliseconds timeout) const;
  // Waits until everything handed over is stored; false when the time is over. Blocks.
  bool flush(std::chrono::milliseconds timeout);

 private:
  // What was read last, for an outage.
  struct KnownAgents {
    std::map<std::int64_t, FoundAgent> by_id;
    std::map<std::string, std::int64_t> by_number;            // "": the default agent
    std::map<std::string, std::vector<std::string>> remarks;  // by agent and profile, once logged
  };

  explicit Store(StoreOptions options);
  void push(Record record);
  AgentConfig config_of(const FoundAgent& agent, std::optional<agents::Profile> profile);
  void remember(const AgentKey& key, const FoundAgent& agent);
  void forget(const AgentKey& key);
  std::optional<FoundAgent> remembered(const AgentKey& key);
  void remember_all();

  Locked<KnownAgents> agents_;
  WriteQueue queue_;
  Reader reader_;
  Listener listener_;
  CallWriter writer_;  // last: its thread uses the reader, and stops first
};

}  // namespace centralita::store
