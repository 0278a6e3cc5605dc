#include "server/store/refused.h"

#include "server/store/accounts.h"
#include "server/store/erasure.h"
#include "server/store/journal_writer.h"
#include "server/store/queries.h"
#include "server/store/sql_text.h"

#include <algorithm>
#include <set>

namespace centralita::store {
namespace {

constexpr char kBeginning[] = "call-started";

template <typename Predicate>
std::int64_t forget(journal::Journal& journal, const std::vector<journal::Refused>& records,
                    Predicate stale) {
  std::int64_t count = 0;
  for (const auto& record : records)
    if (stale(record)) {
      journal.forget_refused(record.entry);
      ++count;
    }
  return count;
}

}  // namespace

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
      if (const auto error = store_record(connection, journal, record.entry)) {
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

Result<std::int64_t, StoreError> forget_stale_refused(Connection& connection,
                                                      journal::Journal& journal, int days) {
  const auto all = journal.refused(journal::JournalFile::kMostRefused);
  if (all.empty())
    return 0;
  json::Array names;
  std::set<std::string> kept;
  for (const auto& record : all) {
    names.add(record.entry.session_id);
    if (record.entry.kind == kBeginning)
      kept.insert(record.entry.session_id);
  }
  const auto rows = connection.query(query_text("known_calls"), {names.to_string()});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  for (const Row row : *rows) kept.insert(row.text("session_id"));
  const auto oldest = std::chrono::system_clock::now() - std::chrono::days(days);
  return forget(journal, all, [&](const journal::Refused& record) {
    return !kept.contains(record.entry.session_id) || (days > 0 && record.at < oldest);
  });
}

std::int64_t forget_refused_of_number(journal::Journal& journal, const std::string& number) {
  const auto all = journal.refused(journal::JournalFile::kMostRefused);
  const auto digits = digits_of(number);
  std::set<std::string> calls;
  for (const auto& record : all) {
    const auto body = json::parse(record.entry.body);
    if (record.entry.kind != kBeginning || !body || !body->is_object())
      continue;
    for (const char* end : {"from_number", "to_number"})
      if (digits_of(body->object().string(end).value_or("")) == digits)
        calls.insert(record.entry.session_id);
  }
  return forget(journal, all, [&](const journal::Refused& record) {
    return calls.contains(record.entry.session_id);
  });
}

}  // namespace centralita::store
