#include "server/store/transaction.h"

namespace centralita::store {

StoreError change_error(const DbError& error) {
  if (error.sqlstate == "23505")
    return {kNameTaken, "Another agent has that name."};
  return store_error(error);
}

Step step(Connection& connection, const char* query, std::initializer_list<Param> params) {
  const auto done = connection.query(query_text(query), params);
  return done ? Step() : change_error(done.error());
}

}  // namespace centralita::store
