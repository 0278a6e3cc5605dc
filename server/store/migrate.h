// Bringing a database to the schema of this program: an empty one, one of an older version, or one
// that the predecessor leaves behind, in place.
//
// Each migration of sql/migrations runs once, in its own transaction, under an advisory lock that
// any number of processes may ask for at once; schema_migrations says what has been run. A
// migration that was changed after it was run, or another one under its number, is an error, and
// nothing is touched.
//
// Migrations only add, so that a program works on a database that a newer one has brought further:
// that is what makes going back, and one server after the other, possible. One that older programs
// cannot live with has a name that begins with "breaking_"; they then refuse the database.
#pragma once

#include "server/store/connection.h"
#include "server/store/sql_text.h"

#include <span>
#include <string>

namespace centralita::store {

// How many migrations were run; 0 when there was nothing to do. Blocks.
Result<int, DbError> migrate(Connection& connection,
                             std::span<const Migration> migrations = embedded_migrations());
Result<int> migrate(const std::string& conninfo);

// The error says what to do when the schema is not the one of `migrations`. Changes nothing.
Result<int, DbError> check_schema(Connection& connection,
                                  std::span<const Migration> migrations = embedded_migrations());

}  // namespace centralita::store

namespace centralita {

// centralita migrate [--database-url URL], else DATABASE_URL. 0 done, 1 failed, 2 called wrongly.
int migrate_main(std::span<char*> args);

}  // namespace centralita
