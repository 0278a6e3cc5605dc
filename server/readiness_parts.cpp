#include "server/readiness_parts.h"

namespace centralita {

// Without its database, or without its disk, the server still answers calls and keeps what is said:
// taking it away from the load balancer would turn a nuisance into an outage.
void add_readiness_parts(Readiness& readiness, const store::Store& store,
                         policy::CallPolicy& policy) {
  readiness.add("database", [&store] {
    const auto status = store.status();
    Readiness::Part part{.ok = status.healthy,
                         .needed = !status.can_answer_calls,
                         .message = status.healthy ? "" : status.last_error,
                         .details = {}};
    part.details.set("queued", static_cast<std::int64_t>(status.journal.waiting));
    return part;
  });
  readiness.add("journal", [&store] {
    const auto journal = store.status().journal;
    Readiness::Part part{.ok = journal.healthy,
                         .needed = false,
                         .message = journal.healthy ? "" : journal.last_error,
                         .details = {}};
    part.details.set("in_memory", static_cast<std::int64_t>(journal.in_memory))
        .set("refused", static_cast<std::int64_t>(journal.refused));
    return part;
  });
  // One that refuses calls is ready all the same: nobody but it can tell callers so.
  readiness.add("calls", [&policy] {
    const auto refused = policy.refusal();
    Readiness::Part part{.ok = true, .needed = false, .message = {}, .details = {}};
    part.details.set("status", refused ? refused->code : "taken");
    return part;
  });
  // With no agent known there is nobody to answer.
  readiness.add("agents", [&store] {
    const bool known = store.status().can_answer_calls;
    return Readiness::Part{.ok = known,
                           .needed = true,
                           .message = known ? "" : "no agent is known yet",
                           .details = {}};
  });
}

}  // namespace centralita
