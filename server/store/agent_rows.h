// Rows of the agents' tables as values.
#pragma once

#include "server/store/agents.h"

namespace centralita::store {

// A configuration that cannot be read is an empty one.
StoredAgent agent_of(const Row& row);
AgentVersion version_of(const Row& row);
AssignedNumber number_of(const Row& row);
AuditEntry audit_entry_of(const Row& row);

}  // namespace centralita::store
