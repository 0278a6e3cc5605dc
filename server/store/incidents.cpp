#include "server/store/incidents.h"

#include "server/store/sql_text.h"
#include "server/store/text.h"
#include "server/store/transaction.h"

namespace centralita::store {
namespace {

Incident incident_of(const Row& row) {
  return {.id = row.integer("id"),
          .kind = row.text("kind"),
          .subject = row.text("subject"),
          .began = row.time("began_us"),
          .ended = row.optional_time("ended_us"),
          .reason = row.text("reason"),
          .raised_by = row.text("raised_by"),
          .cleared_by = row.text("cleared_by"),
          .errors = row.text("errors")};
}

Step audit(Connection& connection, const Author& author, const std::string& action,
           const json::Object& details) {
  return step(connection, "add_audit_entry",
              {author.name, author.address, action, "system", details.to_string()});
}

Step audit_end(Connection& connection, const Author& author, const std::string& kind,
               const Row& ended) {
  return audit(
      connection, author, kind + ".cleared",
      json::Object().set("incident", ended.integer("id")).set("reason", ended.text("reason")));
}

}  // namespace

Result<std::optional<Incident>, StoreError> find_open_incident(Connection& connection,
                                                               const std::string& kind,
                                                               const std::string& subject) {
  const auto rows = connection.query(query_text("find_open_incident"), {kind, subject});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return std::optional<Incident>();
  return std::optional<Incident>(incident_of((*rows)[0]));
}

Result<std::int64_t, StoreError> raise_incident(Connection& connection, const Incident& incident,
                                                const Author& author) {
  return in_transaction<std::int64_t>(connection, [&]() -> Result<std::int64_t, StoreError> {
    const auto rows =
        connection.query(query_text("raise_incident"),
                         {incident.kind, incident.subject, clean_text(incident.reason),
                          incident.raised_by, clean_text(incident.errors), incident.began,
                          incident.run.empty() ? Param(nullptr) : Param(incident.run)});
    if (!rows)
      return Unexpected(store_error(rows.error()));
    if (rows->empty() || !(*rows)[0].boolean("raised"))
      return std::int64_t{0};
    const auto id = (*rows)[0].integer("id");
    auto details = json::Object().set("incident", id).set("reason", incident.reason);
    if (!incident.subject.empty())
      details.set("subject", incident.subject);
    if (auto error = audit(connection, author, incident.kind + ".activated", details))
      return Unexpected(std::move(*error));
    return id;
  });
}

Result<bool, StoreError> end_incident(Connection& connection, const std::string& kind,
                                      const std::string& subject, const Author& author,
                                      const std::string& errors) {
  return in_transaction<bool>(connection, [&]() -> Result<bool, StoreError> {
    const Param list = errors.empty() ? Param(nullptr) : Param(clean_text(errors));
    const auto rows =
        connection.query(query_text("end_incident"), {kind, subject, author.name, list});
    if (!rows)
      return Unexpected(store_error(rows.error()));
    if (rows->empty())
      return false;
    if (auto error = audit_end(connection, author, kind, (*rows)[0]))
      return Unexpected(std::move(*error));
    return true;
  });
}

Result<bool, StoreError> leave_provider_incident(Connection& connection, const std::string& subject,
                                                 const std::string& run, const Author& author) {
  return in_transaction<bool>(connection, [&]() -> Result<bool, StoreError> {
    if (auto error = step(connection, "leave_provider_incident", {subject, run}))
      return Unexpected(std::move(*error));
    const auto rows = connection.query(query_text("end_provider_incidents"), {author.name});
    if (!rows)
      return Unexpected(store_error(rows.error()));
    for (const Row row : *rows)
      if (auto error = audit_end(connection, author, kProviderIncident, row))
        return Unexpected(std::move(*error));
    return !rows->empty();
  });
}

Result<std::vector<Incident>, StoreError> list_incidents(Connection& connection,
                                                         std::optional<std::int64_t> before,
                                                         int limit) {
  const auto rows = connection.query(query_text("list_incidents"), {before, limit});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<Incident> incidents;
  for (const Row row : *rows) incidents.push_back(incident_of(row));
  return incidents;
}

}  // namespace centralita::store
