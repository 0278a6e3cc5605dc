#include "server/store/agents.h"

#include "server/agents/codec.h"
#include "server/store/agent_rows.h"
#include "server/store/sql_text.h"
#include "server/store/text.h"
#include "server/store/transaction.h"

#include <algorithm>
#include <array>

namespace centralita::store {
namespace {

using agents::AgentDocument;

StoreError no_agent() { return {kNotFound, "There is no such agent."}; }

// What an agent is before it is changed; nobody else changes it until the transaction ends.
Result<StoredAgent, StoreError> take(Connection& connection, std::int64_t id,
                                     std::optional<int> expected) {
  if (auto locked = connection.query(query_text("lock_agent"), {id}); !locked)
    return Unexpected(store_error(locked.error()));
  auto agent = get_agent(connection, id);
  if (agent && expected && agent->version != *expected)
    return Unexpected(
        StoreError{kVersionConflict, "The agent is at version " + std::to_string(agent->version) +
                                         " by now, not at " + std::to_string(*expected) + "."});
  return agent;
}

Result<StoredAgent, StoreError> take_living(Connection& connection, std::int64_t id,
                                            std::optional<int> expected = std::nullopt) {
  auto agent = take(connection, id, expected);
  if (agent && agent->deleted_at)
    return Unexpected(StoreError{kIsDeleted, "The agent has been deleted; restore it first."});
  return agent;
}

Step audit(Connection& connection, const Author& author, const std::string& action,
           const std::string& subject, const json::Object& details) {
  return step(connection, "add_audit_entry",
              {author.name, author.address, action, subject, details.to_string()});
}

std::string subject_of(std::int64_t agent) { return "agent:" + std::to_string(agent); }

// Stores what `agent` is now as its next version. `action` is the history's, `event` the log's.
Result<StoredAgent, StoreError> store_version(Connection& connection, const StoredAgent& before,
                                              const std::string& name,
                                              const AgentDocument& document, const Author& author,
                                              const std::string& action, json::Object details) {
  details.set("version", before.version + 1)
      .set("changes", agents::differences(before.document, document));
  if (name != before.name)
    details.set("name", json::Object().set("from", before.name).set("to", name));
  return first_error(
      {[&] {
         return step(connection, "update_agent", {before.id, name, agents::to_text(document)});
       },
       [&] {
         return step(connection, "keep_agent_version", {before.id, author.name, action});
       },
       [&] { return audit(connection, author, "agent.updated", subject_of(before.id), details); }},
      [&] { return get_agent(connection, before.id); });
}

Result<StoredAgent, StoreError> insert(Connection& connection, const std::string& name,
                                       const AgentDocument& document, const Author& author,
                                       const std::string& action) {
  const auto rows =
      connection.query(query_text("insert_agent"), {clean_text(name), agents::to_text(document)});
  if (!rows)
    return Unexpected(change_error(rows.error()));
  const auto id = (*rows)[0].integer("id");
  return first_error({[&] {
                        return step(connection, "keep_agent_version", {id, author.name, action});
                      },
                      [&] {
                        return audit(connection, author, "agent.created", subject_of(id),
                                     json::Object().set("name", name).set("how", action));
                      }},
                     [&] { return get_agent(connection, id); });
}

// "ventas (copia)", "ventas (copia 2)"...
Result<std::string, StoreError> free_name(Connection& connection, const std::string& name) {
  const auto all = list_agents(connection, false);
  if (!all)
    return Unexpected(all.error());
  for (int n = 1;; ++n) {
    const auto candidate = name + (n == 1 ? " (copia)" : " (copia " + std::to_string(n) + ")");
    if (std::none_of(all->begin(), all->end(),
                     [&](const auto& agent) { return agent.name == candidate; }))
      return candidate;
  }
}

}  // namespace

Result<FoundAgent, StoreError> find_agent(Connection& connection, const AgentKey& key) {
  std::array<Param, 3> params = {Param(nullptr), Param(nullptr), Param(nullptr)};
  if (const auto* id = std::get_if<std::int64_t>(&key))
    params[0] = Param(*id);
  else if (const auto* name = std::get_if<std::string>(&key))
    params[1] = Param(clean_text(*name));
  else
    params[2] = Param(clean_text(std::get<CalledNumber>(key).number));
  const auto rows = connection.query(query_text("find_agent"), params);
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(no_agent());
  const Row row = (*rows)[0];
  return FoundAgent{row.integer("id"), row.text("name"), row.text("config")};
}

Result<std::vector<StoredAgent>, StoreError> list_agents(Connection& connection, bool deleted_too) {
  const auto rows = connection.query(query_text("list_agents"), {deleted_too});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<StoredAgent> all;
  for (const Row row : *rows) all.push_back(agent_of(row));
  return all;
}

Result<StoredAgent, StoreError> get_agent(Connection& connection, std::int64_t id) {
  const auto rows = connection.query(query_text("get_agent"), {id});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(no_agent());
  return agent_of((*rows)[0]);
}

Result<StoredAgent, StoreError> create_agent(Connection& connection, const std::string& name,
                                             const AgentDocument& document, const Author& author) {
  return in_transaction<StoredAgent>(
      connection, [&] { return insert(connection, name, document, author, "created"); });
}

Result<StoredAgent, StoreError> update_agent(Connection& connection, std::int64_t id,
                                             const json::Object& patch, std::optional<int> expected,
                                             const Author& author) {
  return in_transaction<StoredAgent>(connection, [&]() -> Result<StoredAgent, StoreError> {
    const auto before = take_living(connection, id, expected);
    if (!before)
      return before;
    json::Object details;
    std::vector<std::string> remarks;
    const auto after = agents::merged(agents::cleaned(before->document, remarks), patch);
    if (!remarks.empty()) {
      json::Array notes;
      for (const auto& remark : remarks) notes.add(remark);
      details.set("corrected", notes);
    }
    const auto name = clean_text(patch.string("name").value_or(before->name));
    return store_version(connection, *before, name, after, author, "updated", details);
  });
}

Result<StoredAgent, StoreError> delete_agent(Connection& connection, std::int64_t id,
                                             std::optional<int> expected, const Author& author) {
  return in_transaction<StoredAgent>(connection, [&]() -> Result<StoredAgent, StoreError> {
    const auto before = take_living(connection, id, expected);
    if (!before)
      return before;
    if (before->is_default)
      return Unexpected(StoreError{kIsDefault,
                                   "The default agent cannot be deleted. Make another one the "
                                   "default first."});
    return first_error({[&] {
                          return step(connection, "set_agent_deleted", {id, true});
                        },
                        [&] {
                          return audit(connection, author, "agent.deleted", subject_of(id),
                                       json::Object().set("name", before->name));
                        }},
                       [&] { return get_agent(connection, id); });
  });
}

Result<StoredAgent, StoreError> undelete_agent(Connection& connection, std::int64_t id,
                                               const std::string& name, const Author& author) {
  return in_transaction<StoredAgent>(connection, [&]() -> Result<StoredAgent, StoreError> {
    auto agent = take(connection, id, std::nullopt);
    if (!agent)
      return agent;
    if (!name.empty() && name != agent->name) {
      const auto renamed = store_version(connection, *agent, clean_text(name), agent->document,
                                         author, "updated", {});
      if (!renamed)
        return renamed;
    }
    if (!agent->deleted_at)
      return get_agent(connection, id);
    return first_error(
        {[&] {
           return step(connection, "set_agent_deleted", {id, false});
         },
         [&] { return audit(connection, author, "agent.restored", subject_of(id), {}); }},
        [&] { return get_agent(connection, id); });
  });
}

Result<StoredAgent, StoreError> clone_agent(Connection& connection, std::int64_t id,
                                            const std::string& name, const Author& author) {
  return in_transaction<StoredAgent>(connection, [&]() -> Result<StoredAgent, StoreError> {
    const auto original = get_agent(connection, id);
    if (!original)
      return original;
    auto chosen = name.empty() ? free_name(connection, original->name)
                               : Result<std::string, StoreError>(name);
    if (!chosen)
      return Unexpected(chosen.error());
    return insert(connection, *chosen, original->document, author,
                  "cloned from " + std::to_string(id));
  });
}

Result<StoredAgent, StoreError> make_default(Connection& connection, std::int64_t id,
                                             const Author& author) {
  return in_transaction<StoredAgent>(connection, [&]() -> Result<StoredAgent, StoreError> {
    const auto agent = take_living(connection, id);
    if (!agent || agent->is_default)
      return agent;
    return first_error({[&] { return step(connection, "clear_default_agent", {}); },
                        [&] { return step(connection, "set_default_agent", {id}); },
                        [&] {
                          return audit(connection, author, "agent.made-default", subject_of(id),
                                       json::Object().set("name", agent->name));
                        }},
                       [&] { return get_agent(connection, id); });
  });
}

Result<std::vector<AgentVersion>, StoreError> list_versions(Connection& connection,
                                                            std::int64_t id) {
  if (auto agent = get_agent(connection, id); !agent)
    return Unexpected(agent.error());
  const auto rows = connection.query(query_text("list_agent_versions"), {id, nullptr});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<AgentVersion> versions;
  for (const Row row : *rows) versions.push_back(version_of(row));
  return versions;
}

Result<AgentVersion, StoreError> get_version(Connection& connection, std::int64_t id, int version) {
  const auto rows = connection.query(query_text("list_agent_versions"), {id, version});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, "The agent has no such version."});
  return version_of((*rows)[0]);
}

Result<StoredAgent, StoreError> restore_version(Connection& connection, std::int64_t id,
                                                int version, std::optional<int> expected,
                                                const Author& author) {
  return in_transaction<StoredAgent>(connection, [&]() -> Result<StoredAgent, StoreError> {
    const auto before = take_living(connection, id, expected);
    if (!before)
      return before;
    const auto old = get_version(connection, id, version);
    if (!old)
      return Unexpected(old.error());
    std::vector<std::string> remarks;
    // The name stays: it may be another agent's by now.
    return store_version(connection, *before, before->name, agents::cleaned(old->document, remarks),
                         author, "restored from " + std::to_string(version), {});
  });
}

Result<std::vector<AssignedNumber>, StoreError> list_numbers(Connection& connection) {
  const auto rows = connection.query(query_text("list_numbers"), {nullptr});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<AssignedNumber> numbers;
  for (const Row row : *rows) numbers.push_back(number_of(row));
  return numbers;
}

Result<AssignedNumber, StoreError> get_number(Connection& connection, const std::string& number) {
  const auto rows = connection.query(query_text("list_numbers"), {number});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, "The number belongs to no agent."});
  return number_of((*rows)[0]);
}

Result<AssignedNumber, StoreError> assign_number(Connection& connection, const std::string& number,
                                                 const AgentKey& key, const Author& author) {
  return in_transaction<AssignedNumber>(connection, [&]() -> Result<AssignedNumber, StoreError> {
    const auto agent = find_agent(connection, key);
    if (!agent)
      return Unexpected(agent.error());
    return first_error({[&] {
                          return step(connection, "assign_number", {number, agent->id});
                        },
                        [&] {
                          return audit(
                              connection, author, "number.assigned", "number:" + number,
                              json::Object().set("agent_id", agent->id).set("agent", agent->name));
                        }},
                       [&] { return get_number(connection, number); });
  });
}

Result<AssignedNumber, StoreError> release_number(Connection& connection, const std::string& number,
                                                  const Author& author) {
  return in_transaction<AssignedNumber>(connection, [&]() -> Result<AssignedNumber, StoreError> {
    const auto before = get_number(connection, number);
    if (!before)
      return before;
    return first_error(
        {[&] { return step(connection, "release_number", {number}); },
         [&] {
           return audit(
               connection, author, "number.released", "number:" + number,
               json::Object().set("agent_id", before->agent_id).set("agent", before->agent_name));
         }},
        [&] { return before; });
  });
}

Result<std::vector<AuditEntry>, StoreError> list_audit(Connection& connection,
                                                       const std::string& subject,
                                                       std::optional<std::int64_t> before,
                                                       int limit) {
  const auto rows = connection.query(
      query_text("list_audit_entries"),
      {subject.empty() ? Param(nullptr) : Param(clean_text(subject)), before, limit});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<AuditEntry> entries;
  for (const Row row : *rows) entries.push_back(audit_entry_of(row));
  return entries;
}

}  // namespace centralita::store
