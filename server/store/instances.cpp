#include "server/store/instances.h"

#include "plugins/base/json.h"
#include "server/store/queries.h"
#include "server/store/sql_text.h"

#include <spdlog/spdlog.h>

#include <set>

namespace centralita::store {

using std::chrono::steady_clock;

InstanceRegistry::InstanceRegistry(std::string id, InstanceOptions options)
    : id_(std::move(id)), options_(std::move(options)) {}

std::optional<DbError> InstanceRegistry::join(Connection& connection,
                                              const std::vector<std::string>& open_calls) {
  held_ = false;
  missing_.clear();  // what was missing may have been the database
  looked_ = {};
  const auto joined =
      connection.query(query_text("join_instance"), {id_, options_.host, CENTRALITA_VERSION});
  if (!joined)
    return joined.error();
  slot_ = (*joined)[0].integer("slot");
  // A server that is cut off is missed as soon as its connection would be.
  if (auto set = connection.query("select set_config('tcp_keepalives_idle', '10', false),"
                                  " set_config('tcp_keepalives_interval', '5', false),"
                                  " set_config('tcp_keepalives_count', '3', false)");
      !set)
    return set.error();
  if (auto error = hold(connection))
    return error;
  if ((*joined)[0].boolean("was_gone") && !open_calls.empty()) {
    json::Array ids;
    for (const auto& id : open_calls) ids.add(id);
    const auto reopened = connection.query(query_text("reopen_calls"), {id_, ids.to_string()});
    if (!reopened)
      return reopened.error();
    spdlog::warn(
        "instances: others took this server for dead while the database was away; {} calls that "
        "they closed go on",
        reopened->affected());
  }
  // Of servers that were gone before this one came, and that nobody else has missed.
  return end_incidents(connection);
}

std::optional<DbError> InstanceRegistry::hold(Connection& connection) {
  // An old session of ours that the database has not missed yet may still have it. Then we count as
  // living all the same, and try again.
  const auto rows = connection.query(query_text("lock_instance"), {slot_});
  if (!rows)
    return rows.error();
  held_ = (*rows)[0].boolean("locked");
  return std::nullopt;
}

std::optional<DbError> InstanceRegistry::look(Connection& connection) {
  const auto now = steady_clock::now();
  if (looked_ != steady_clock::time_point() && now - looked_ < options_.look_every)
    return std::nullopt;
  looked_ = now;
  if (!held_)
    if (auto error = hold(connection))
      return error;
  const auto rows = connection.query(query_text("list_dead_instances"), {id_});
  if (!rows)
    return rows.error();
  std::set<std::string> dead;
  for (const Row row : *rows) {
    const auto id = row.text("id");
    dead.insert(id);
    const auto since = missing_.emplace(id, now).first->second;
    if (now - since < options_.grace)
      continue;
    if (auto error = bury(connection, id, row.integer("slot")))
      return error;
    missing_.erase(id);
  }
  std::erase_if(missing_, [&](const auto& entry) { return !dead.contains(entry.first); });
  const auto count = connection.query(query_text("count_other_instances"), {id_});
  if (!count)
    return count.error();
  others_ = static_cast<int>((*count)[0].integer("others"));
  return std::nullopt;
}

std::optional<DbError> InstanceRegistry::bury(Connection& connection, const std::string& id,
                                              std::int64_t slot) {
  const auto closed = connection.query(query_text("bury_instance"), {id, slot});
  if (!closed)
    return closed.error();
  spdlog::warn("instances: server {} is gone; {} calls that it had are closed as failed", id,
               closed->affected());
  return end_incidents(connection);
}

std::optional<DbError> InstanceRegistry::end_incidents(Connection& connection) {
  const auto ended = connection.query(query_text("end_provider_incidents"), {options_.host});
  if (!ended)
    return ended.error();
  if (!ended->empty())
    spdlog::info("instances: {} incidents of providers end with the servers that had them",
                 ended->size());
  return std::nullopt;
}

Result<std::vector<Instance>, StoreError> list_instances(Connection& connection) {
  const auto rows = connection.query(query_text("list_instances"));
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<Instance> all;
  for (const Row row : *rows)
    all.push_back({.id = row.text("id"),
                   .host = row.text("host"),
                   .version = row.text("version"),
                   .state = row.text("state"),
                   .started = row.time("started_us"),
                   .live_calls = row.integer("live_calls")});
  return all;
}

namespace {

Result<bool, StoreError> say(Connection& connection, const char* query, const std::string& who) {
  const auto rows = connection.query(query_text(query), {who});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return rows->affected() > 0;
}

}  // namespace

Result<bool, StoreError> purge_gone_runs(Connection& connection) {
  const auto rows = connection.query(query_text("purge_gone_runs"));
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return rows->affected() > 0;
}

Result<bool, StoreError> drain_instance(Connection& connection, const std::string& id) {
  return say(connection, "drain_instance", id);
}

Result<bool, StoreError> leave_instance(Connection& connection, const std::string& id) {
  const auto left = connection.query(query_text("leave_instance"), {id});
  if (!left)
    return Unexpected(store_error(left.error()));
  if (left->empty())
    return false;
  return say(connection, "end_provider_incidents", (*left)[0].text("host"));
}

}  // namespace centralita::store
