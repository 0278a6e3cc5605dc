#include "server/store/call_deletion.h"

#include "plugins/base/json.h"
#include "server/store/erasure.h"
#include "server/store/sql_text.h"
#include "server/store/transaction.h"

namespace centralita::store {
namespace {

constexpr int kCounted = 1'000'000;

// What the audit log, which outlives the calls, is told of a filter: that it named a number or
// words, and of them no more than an erasure tells.
json::Object without_people(CallFilter filter) {
  if (!filter.number.empty())
    filter.number = masked_number(filter.number);
  if (!filter.text.empty())
    filter.text = "…";
  return json::parse(filter.to_json())->object();
}

std::string new_name() { return OwnedString(g_uuid_string_random()).get(); }

}  // namespace

Result<Deletion, StoreError> delete_calls(Connection& connection, const CallFilter& filter,
                                          const Author& author) {
  return in_transaction<Deletion>(connection, [&]() -> Result<Deletion, StoreError> {
    Deletion deletion{.name = new_name()};
    const auto document = filter.to_json();
    const auto deleted = connection.query(query_text("delete_calls"), {document, deletion.name});
    if (!deleted)
      return Unexpected(store_error(deleted.error()));
    deletion.deleted = deleted->affected();
    // What still matches was left alone.
    const auto left =
        connection.query(query_text("count_calls"), {document, nullptr, nullptr, kCounted});
    if (!left)
      return Unexpected(store_error(left.error()));
    deletion.going_on = (*left)[0].integer("number");
    if (deletion.deleted == 0) {
      deletion.name.clear();
      return deletion;
    }
    const auto subject =
        filter.ids.size() == 1 ? "call:" + std::to_string(filter.ids.front()) : "calls";
    const auto details = json::Object()
                             .set("calls", deletion.deleted)
                             .set("deletion", deletion.name)
                             .set("filter", without_people(filter));
    return first_error(
        {[&] {
          return step(connection, "add_audit_entry",
                      {author.name, author.address, "call.deleted", subject, details.to_string()});
        }},
        [&]() -> Result<Deletion, StoreError> { return deletion; });
  });
}

Result<std::int64_t, StoreError> restore_calls(Connection& connection, const std::string& deletion,
                                               const Author& author) {
  return in_transaction<std::int64_t>(connection, [&]() -> Result<std::int64_t, StoreError> {
    const auto restored = connection.query(query_text("restore_calls"), {deletion});
    if (!restored)
      return Unexpected(store_error(restored.error()));
    if (restored->affected() == 0)
      return Unexpected(
          StoreError{kNotFound, "There is nothing to bring back: the calls are gone for good."});
    const auto details =
        json::Object().set("calls", restored->affected()).set("deletion", deletion);
    return first_error(
        {[&] {
          return step(connection, "add_audit_entry",
                      {author.name, author.address, "call.restored", "calls", details.to_string()});
        }},
        [&]() -> Result<std::int64_t, StoreError> { return restored->affected(); });
  });
}

Result<Purged, StoreError> purge_deleted_calls(Connection& connection) {
  const auto purged = connection.query(query_text("purge_deleted_calls"),
                                       {static_cast<std::int64_t>(kUndoTime.count())});
  if (!purged)
    return Unexpected(store_error(purged.error()));
  const Row row = (*purged)[0];
  return Purged{.calls = row.integer("calls"), .untold = row.integer("untold")};
}

Result<bool, StoreError> audit_call(Connection& connection, const std::string& action,
                                    const std::string& session_id, const std::string& details,
                                    const Author& author) {
  if (auto error = step(connection, "add_audit_entry",
                        {author.name, author.address, action, "call:" + session_id, details}))
    return Unexpected(std::move(*error));
  return true;
}

}  // namespace centralita::store
