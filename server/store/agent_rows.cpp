#include "server/store/agent_rows.h"

#include <sstream>

namespace centralita::store {
namespace {

agents::AgentDocument document_of(const Row& row) {
  auto document = agents::read_document(row.text("config"));
  return document ? std::move(*document) : agents::AgentDocument{};
}

}  // namespace

StoredAgent agent_of(const Row& row) {
  StoredAgent agent{.id = row.integer("id"),
                    .name = row.text("name"),
                    .document = document_of(row),
                    .version = static_cast<int>(row.integer("version")),
                    .is_default = row.boolean("is_default"),
                    .created_at = row.time("created_us"),
                    .updated_at = row.time("updated_us"),
                    .deleted_at = row.optional_time("deleted_us")};
  std::istringstream numbers(row.text("numbers"));
  for (std::string number; numbers >> number;) agent.numbers.push_back(number);
  return agent;
}

AgentVersion version_of(const Row& row) {
  return {.version = static_cast<int>(row.integer("version")),
          .name = row.text("name"),
          .document = document_of(row),
          .author = row.text("author"),
          .action = row.text("action"),
          .created_at = row.time("created_us")};
}

AssignedNumber number_of(const Row& row) {
  return {.number = row.text("number"),
          .agent_id = row.integer("agent_id"),
          .agent_name = row.text("agent_name"),
          .agent_deleted = row.boolean("agent_deleted"),
          .updated_at = row.time("updated_us")};
}

AuditEntry audit_entry_of(const Row& row) {
  return {.id = row.integer("id"),
          .at = row.time("at_us"),
          .actor = row.text("actor"),
          .address = row.text("address"),
          .action = row.text("action"),
          .subject = row.text("subject"),
          .details = row.text("details")};
}

}  // namespace centralita::store
