// Agents in the database: one function a thing that can be done with them. All block; they run on
// the store's own thread, by Store::read() and Store::change().
//
// What changes an agent is one transaction: the agent, the version that its history keeps, and the
// line of the audit log are stored together or not at all.
#pragma once

#include "pipelines/call_records.h"
#include "server/agents/document.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace centralita::store {

// Whoever changes something, for the history and the audit log.
struct Author {
  std::string name;     // "admin"
  std::string address;  // of the client
};

struct StoredAgent {
  std::int64_t id = 0;
  std::string name;
  agents::AgentDocument document;
  int version = 0;
  bool is_default = false;
  WallTime created_at, updated_at;
  std::optional<WallTime> deleted_at;
  std::vector<std::string> numbers;  // E.164
};

struct AgentVersion {
  int version = 0;
  std::string name;
  agents::AgentDocument document;
  std::string author;
  std::string action;  // "created", "updated", "cloned from 3", "restored from 2", "migrated"
  WallTime created_at;
};

struct AssignedNumber {
  std::string number;
  std::int64_t agent_id = 0;
  std::string agent_name;
  bool agent_deleted = false;  // meanwhile the default agent answers
  WallTime updated_at;
};

struct AuditEntry {
  std::int64_t id = 0;
  WallTime at;
  std::string actor, address, action, subject;
  std::string details;  // a JSON object
};

// For a call.
struct CalledNumber {
  std::string number;  // of a carrier; empty or nobody's: the default agent's
};
using AgentKey = std::variant<std::int64_t, std::string, CalledNumber>;  // id, name, who answers
struct FoundAgent {
  std::int64_t id = 0;
  std::string name;
  std::string config;  // the document's text: json-glib's values must not be shared by threads
};
Result<FoundAgent, StoreError> find_agent(Connection& connection, const AgentKey& key);

Result<std::vector<StoredAgent>, StoreError> list_agents(Connection& connection, bool deleted_too);
Result<StoredAgent, StoreError> get_agent(Connection& connection, std::int64_t id);

Result<StoredAgent, StoreError> create_agent(Connection& connection, const std::string& name,
                                             const agents::AgentDocument& document,
                                             const Author& author);
// `patch` has passed check_write(). `expected`: the version it was made from, when it matters.
Result<StoredAgent, StoreError> update_agent(Connection& connection, std::int64_t id,
                                             const json::Object& patch, std::optional<int> expected,
                                             const Author& author);
Result<StoredAgent, StoreError> delete_agent(Connection& connection, std::int64_t id,
                                             std::optional<int> expected, const Author& author);
// Takes the deletion back; `name` when its own has been taken meanwhile, else empty.
Result<StoredAgent, StoreError> undelete_agent(Connection& connection, std::int64_t id,
                                               const std::string& name, const Author& author);
// `name` empty: a free one is made of the original's.
Result<StoredAgent, StoreError> clone_agent(Connection& connection, std::int64_t id,
                                            const std::string& name, const Author& author);
Result<StoredAgent, StoreError> make_default(Connection& connection, std::int64_t id,
                                             const Author& author);

// Newest first.
Result<std::vector<AgentVersion>, StoreError> list_versions(Connection& connection,
                                                            std::int64_t id);
Result<AgentVersion, StoreError> get_version(Connection& connection, std::int64_t id, int version);
Result<StoredAgent, StoreError> restore_version(Connection& connection, std::int64_t id,
                                                int version, std::optional<int> expected,
                                                const Author& author);

Result<std::vector<AssignedNumber>, StoreError> list_numbers(Connection& connection);
Result<AssignedNumber, StoreError> get_number(Connection& connection, const std::string& number);
Result<AssignedNumber, StoreError> assign_number(Connection& connection, const std::string& number,
                                                 const AgentKey& agent, const Author& author);
Result<AssignedNumber, StoreError> release_number(Connection& connection, const std::string& number,
                                                  const Author& author);

// Newest first; `subject` empty: of everything. `before`: an entry's id, for the next page.
Result<std::vector<AuditEntry>, StoreError> list_audit(Connection& connection,
                                                       const std::string& subject,
                                                       std::optional<std::int64_t> before,
                                                       int limit);

}  // namespace centralita::store
