#include "server/store/erasure.h"

#include "server/store/accounts.h"
#include "server/store/sql_text.h"
#include "server/store/transaction.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace centralita::store {

std::string digits_of(const std::string& number) {
  std::string digits;
  std::copy_if(number.begin(), number.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

std::string masked_number(const std::string& number) {
  const auto digits = digits_of(number);
  return "…" + (digits.size() < 2 ? digits : digits.substr(digits.size() - 2));
}

Result<std::vector<std::string>, StoreError> delete_expired_calls(Connection& connection,
                                                                  int default_days, int most) {
  const auto rows = connection.query(query_text("delete_expired_calls"), {default_days, most});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  std::vector<std::string> ids;
  for (const Row row : *rows) ids.push_back(row.text("session_id"));
  return ids;
}

Result<Erasure, StoreError> erase_number(Connection& connection, const std::string& number,
                                         const Author& author) {
  return in_transaction<Erasure>(connection, [&]() -> Result<Erasure, StoreError> {
    const auto digits = digits_of(number);
    Erasure erasure;
    const auto live = connection.query(query_text("count_live_calls_of_number"), {digits});
    if (!live)
      return Unexpected(store_error(live.error()));
    erasure.going_on = (*live)[0].integer("number");
    const auto rows = connection.query(query_text("erase_number"), {digits});
    if (!rows)
      return Unexpected(store_error(rows.error()));
    for (const Row row : *rows) erasure.session_ids.push_back(row.text("session_id"));
    if (const auto noted =
            add_audit(connection, author, "privacy.erased", "number:" + masked_number(number),
                      json::Object()
                          .set("calls", static_cast<std::int64_t>(erasure.session_ids.size()))
                          .set("going_on", erasure.going_on));
        !noted)
      return Unexpected(noted.error());
    return erasure;
  });
}

}  // namespace centralita::store
