#include "server/store/refused.h"

#include "server/store/accounts.h"
#include "server/store/journal_writer.h"

#include <algorithm>

namespace centralita::store {

std::string refused_id(const journal::Entry& entry) {
  return entry.run + ":" + std::to_string(entry.number);
}

Result<Settled, StoreError> settle_refused(Connection& connection, journal::Journal& journal,
                                           RefusedAction action,
                                           const std::vector<std::string>& ids,
                                           const Author& author) {
  auto all = journal.refused(journal::JournalFile::kMostRefused);
  std::erase_if(all, [&](const journal::Refused& record) {
    return !ids.empty() && std::find(ids.begin(), ids.end(), refused_id(record.entry)) == ids.end();
  });
  // As they came: a call begins before its turns.
  std::reverse(all.begin(), all.end());
  Settled settled;
  for (const auto& record : all) {
    const auto id = refused_id(record.entry);
    if (action == RefusedAction::kRetry) {
      if (const auto error = store_record(connection, record.entry)) {
        if (error->lost)
          return Unexpected(StoreError{kDatabaseAway, error->message});
        settled.refused.emplace_back(id, error->message);
        continue;
      }
    }
    journal.forget_refused(record.entry);
    settled.done.push_back(id);
  }
  if (settled.done.empty())
    return settled;
  const auto told = add_audit(
      connection, author,
      action == RefusedAction::kRetry ? "system.refused-retried" : "system.refused-discarded",
      "system", json::Object().set("records", static_cast<std::int64_t>(settled.done.size())));
  if (!told)
    return Unexpected(told.error());
  return settled;
}

}  // namespace centralita::store
