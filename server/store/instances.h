// Servers that share one database, as each of them sees the others.
//
// A server that lives holds an advisory lock of its database session, which PostgreSQL gives back
// when the session is gone; so no clocks are compared, and a server that cannot reach the database
// counts as gone for the others (its calls go on, and are live again when it is back). A lock may
// be free for a moment without a death, as after a restart of the database: only one that stays
// free for `grace`, as one and the same observer sees it, is a death. Whoever notices it first
// closes the calls that the dead server had ("failed", "instance-lost"), and ends the incidents of
// providers whose circuit breaker was open on it alone.
//
// The registry belongs to the store's writer thread and works on its connection.
#pragma once

#include "server/store/connection.h"
#include "server/store/history.h"

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace centralita::store {

struct InstanceOptions {
  std::string host;  // for people: the machine's name, or the container's
  std::chrono::milliseconds grace{15'000};
  std::chrono::milliseconds look_every{3'000};
};

class InstanceRegistry {
 public:
  // `id`: the run's.
  InstanceRegistry(std::string id, InstanceOptions options);

  // On a new connection: enters this server, and takes back those of `open_calls` that others have
  // closed meanwhile.
  std::optional<DbError> join(Connection& connection, const std::vector<std::string>& open_calls);
  // Looks after the others when it is time to.
  std::optional<DbError> look(Connection& connection);

  // Servers besides this one that took calls when they were last looked at. Any thread.
  int others() const { return others_; }

 private:
  std::optional<DbError> hold(Connection& connection);
  std::optional<DbError> bury(Connection& connection, const std::string& id, std::int64_t slot);
  std::optional<DbError> end_incidents(Connection& connection);

  const std::string id_;
  const InstanceOptions options_;
  std::int64_t slot_ = 0;
  bool held_ = false;  // the lock, by the connection joined last
  std::map<std::string, std::chrono::steady_clock::time_point> missing_;  // since when
  std::chrono::steady_clock::time_point looked_;
  std::atomic<int> others_ = 0;
};

// For Store::read() and Store::change().
struct Instance {
  std::string id, host, version, state;  // "ready", "draining", "gone"
  WallTime started;
  std::int64_t live_calls = 0;
};
Result<std::vector<Instance>, StoreError> list_instances(Connection& connection);
// What is kept of runs that ended months ago goes.
Result<bool, StoreError> purge_gone_runs(Connection& connection);
Result<bool, StoreError> drain_instance(Connection& connection, const std::string& id);
// It has ended as it should: nobody need wait for it to be missed.
Result<bool, StoreError> leave_instance(Connection& connection, const std::string& id);

}  // namespace centralita::store
