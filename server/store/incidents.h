// The incidents' statements of sql/queries, one function each. All block; they run on the store's
// own threads (Store::read and Store::change).
#pragma once

#include "plugins/base/json.h"
#include "server/store/agents.h"

namespace centralita::store {

inline constexpr char kGlobalStop[] = "global_stop";
inline constexpr char kProviderIncident[] = "provider";

struct Incident {
  std::int64_t id = 0;
  std::string kind, subject;
  WallTime began{};
  std::optional<WallTime> ended;
  std::string reason;
  std::string raised_by, cleared_by;
  std::string errors = "[]";  // JSON
  std::string run;            // of a provider's that is raised: the server whose breaker is open
};

// The one of that kind and subject that has not ended.
Result<std::optional<Incident>, StoreError> find_open_incident(Connection& connection,
                                                               const std::string& kind,
                                                               const std::string& subject = "");
// With a line in the audit log. 0: it stands already, somebody was quicker; then a provider's is
// that of both.
Result<std::int64_t, StoreError> raise_incident(Connection& connection, const Incident& incident,
                                                const Author& author);
// With a line in the audit log. False: there was none. `errors`: JSON that takes the place of what
// the incident has; empty: it stays.
Result<bool, StoreError> end_incident(Connection& connection, const std::string& kind,
                                      const std::string& subject, const Author& author,
                                      const std::string& errors = "");
// The breaker of `run` is closed again. The provider's incident ends, with a line in the audit log,
// when that of no other server that lives is open.
Result<bool, StoreError> leave_provider_incident(Connection& connection, const std::string& subject,
                                                 const std::string& run, const Author& author);
// The newest first.
Result<std::vector<Incident>, StoreError> list_incidents(Connection& connection,
                                                         std::optional<std::int64_t> before,
                                                         int limit);

}  // namespace centralita::store
