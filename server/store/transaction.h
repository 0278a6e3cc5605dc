// Several statements that are stored together or not at all.
#pragma once

#include "server/store/connection.h"
#include "server/store/history.h"
#include "server/store/queries.h"
#include "server/store/sql_text.h"

#include <functional>
#include <initializer_list>
#include <optional>

namespace centralita::store {

using Step = std::optional<StoreError>;  // empty: it worked

// As store_error(), and what a constraint says about what was to be stored.
StoreError change_error(const DbError& error);

// One statement of sql/queries whose rows nobody needs.
Step step(Connection& connection, const char* query, std::initializer_list<Param> params);

// The steps in their order until one fails; then its error, else what `result` makes.
template <typename Make>
auto first_error(std::initializer_list<std::function<Step()>> steps, Make result)
    -> decltype(result()) {
  for (const auto& each : steps)
    if (auto error = each())
      return Unexpected(std::move(*error));
  return result();
}

// Begins, does `work`, and commits when it gave a value. A connection that is lost while it commits
// leaves kUncertain: nobody knows.
template <typename T, typename Work>
Result<T, StoreError> in_transaction(Connection& connection, Work work) {
  if (auto begun = connection.query("begin"); !begun)
    return Unexpected(store_error(begun.error()));
  Result<T, StoreError> result = work();
  if (!result) {
    if (connection.alive())
      (void)connection.query("rollback");
    return result;
  }
  if (auto committed = connection.query("commit"); !committed)
    return Unexpected(committed.error().lost
                          ? StoreError{kUncertain,
                                       "The database was lost in the very moment of storing. Look "
                                       "whether the change was made before trying again."}
                          : store_error(committed.error()));
  return result;
}

}  // namespace centralita::store
