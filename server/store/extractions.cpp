#include "server/store/extractions.h"

#include "server/store/sql_text.h"
#include "server/store/text.h"

#include <variant>

namespace centralita::store {

Result<std::optional<ClaimedCall>, StoreError> claim_extraction(Connection& connection) {
  const auto rows = connection.query(query_text("claim_extraction"));
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return std::optional<ClaimedCall>();
  const Row row = (*rows)[0];
  return std::optional(
      ClaimedCall{row.integer("id"), static_cast<int>(row.integer("extraction_tries"))});
}

Result<int, StoreError> finish_extraction(Connection& connection,
                                          const ExtractionOutcome& outcome) {
  const auto rows =
      connection.query(query_text("finish_extraction"),
                       {outcome.id, outcome.state,
                        outcome.data.empty() ? Param(nullptr) : Param(clean_text(outcome.data)),
                        clean_text(outcome.error), outcome.wait.count()});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return 1;
}

Result<int, StoreError> ask_for_extraction(Connection& connection, const CallKey& key) {
  const auto* id = std::get_if<std::int64_t>(&key);
  const auto rows =
      connection.query(query_text("ask_for_extraction"),
                       {id ? Param(*id) : Param(nullptr),
                        id ? Param(nullptr) : Param(clean_text(std::get<std::string>(key)))});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return Unexpected(StoreError{kNotFound, "There is no such call."});
  if (!(*rows)[0].boolean("ended"))
    return Unexpected(StoreError{kNotEnded, "The call is still going on."});
  return 1;
}

}  // namespace centralita::store
