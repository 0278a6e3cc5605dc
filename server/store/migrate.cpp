#include "server/store/migrate.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace centralita::store {
namespace {

// See migrate.h.
constexpr std::string_view kBreaking = "breaking_";

std::string label(int version, const std::string& name) {
  char number[16];
  std::snprintf(number, sizeof number, "%04d", version);
  return std::string(number) + "_" + name;
}

DbError refused(std::string message) { return {.message = std::move(message)}; }

// How many of `migrations` the database has, counted from the first; or why it cannot be ours.
Result<int, DbError> count_applied(Connection& connection, std::span<const Migration> migrations) {
  auto rows = connection.query(query_text("list_migrations"));
  if (!rows)
    return Unexpected(rows.error());
  int applied = 0;
  for (const Row row : *rows) {
    const auto version = static_cast<int>(row.integer("version"));
    const auto found = label(version, row.text("name"));
    if (version > static_cast<int>(migrations.size())) {
      if (row.text("name").starts_with(kBreaking))
        return Unexpected(
            refused("the database is newer than this program can use: it has "
                    "migration " +
                    found + "; use the program that ran it, or a later one"));
      continue;
    }
    if (version != applied + 1)
      return Unexpected(refused("schema_migrations holds " + found + ", out of its order"));
    const auto& ours = migrations[static_cast<std::size_t>(version - 1)];
    if (row.text("name") != ours.name)
      return Unexpected(refused("the database was given migration " + found + ", here it is " +
                                label(ours.version, ours.name)));
    if (row.text("checksum") != ours.checksum)
      return Unexpected(
          refused("migration " + found +
                  " was changed after it had been run; put its file back as it was and "
                  "add a new one"));
    applied = version;
  }
  return applied;
}

// The next one of `migrations`, inside a transaction that holds the lock. False: there is none.
Result<bool, DbError> run_next(Connection& connection, std::span<const Migration> migrations) {
  for (const char* statement : {"set local statement_timeout = 0", query_text("lock_migrations"),
                                query_text("create_schema_migrations")})
    if (auto done = connection.run_script(statement); !done)
      return Unexpected(done.error());
  const auto applied = count_applied(connection, migrations);
  if (!applied)
    return Unexpected(applied.error());
  if (*applied == static_cast<int>(migrations.size()))
    return false;

  const auto& next = migrations[static_cast<std::size_t>(*applied)];
  spdlog::info("store: running migration {}", label(next.version, next.name));
  auto done = connection.run_script(next.script);
  if (!done) {
    auto error = done.error();
    error.message = "migration " + label(next.version, next.name) + ": " + error.message;
    return Unexpected(std::move(error));
  }
  if (!connection.in_transaction())
    return Unexpected(
        refused("migration " + label(next.version, next.name) + " ended its own transaction"));
  auto recorded =
      connection.query(query_text("record_migration"), {next.version, next.name, next.checksum});
  if (!recorded)
    return Unexpected(recorded.error());
  return true;
}

}  // namespace

Result<int, DbError> migrate(Connection& connection, std::span<const Migration> migrations) {
  for (int count = 0;; ++count) {
    if (auto begun = connection.query("begin"); !begun)
      return Unexpected(begun.error());
    const auto ran = run_next(connection, migrations);
    auto ended = connection.query(ran ? "commit" : "rollback");
    if (!ran)
      return Unexpected(ran.error());
    if (!ended)
      return Unexpected(ended.error());
    if (!*ran)
      return count;
  }
}

Result<int> migrate(const std::string& conninfo) {
  auto connection = Connection::open(conninfo);
  if (!connection)
    return Unexpected(connection.error().message);
  auto count = migrate(*connection);
  if (!count)
    return Unexpected(count.error().message);
  return *count;
}

Result<int, DbError> check_schema(Connection& connection, std::span<const Migration> migrations) {
  const auto applied = count_applied(connection, migrations);
  const bool untouched = !applied && applied.error().sqlstate == "42P01";
  if (!applied && !untouched)
    return Unexpected(applied.error());
  const auto missing = static_cast<int>(migrations.size()) - (untouched ? 0 : *applied);
  if (missing > 0)
    return Unexpected(refused("the database is " + std::to_string(missing) +
                              " migrations behind this program; run: centralita migrate"));
  return *applied;
}

}  // namespace centralita::store

namespace centralita {

int migrate_main(std::span<char*> args) {
  constexpr char kUsage[] =
      "usage: centralita migrate [--database-url URL]\n"
      "Brings the database at URL, or at DATABASE_URL, to the schema of this program.\n";
  const char* url = std::getenv("DATABASE_URL");
  constexpr std::string_view kOption = "--database-url";
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string_view arg = args[i];
    if (arg == "--help" || arg == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    }
    if (arg == kOption && i + 1 < args.size()) {
      url = args[++i];
    } else if (arg.substr(0, kOption.size() + 1) == std::string(kOption) + "=") {
      url = args[i] + kOption.size() + 1;
    } else {
      std::fputs(kUsage, stderr);
      return 2;
    }
  }
  if (!url || !*url) {
    std::fputs("centralita migrate: neither --database-url nor DATABASE_URL is given\n", stderr);
    return 2;
  }
  const auto count = store::migrate(url);
  if (!count) {
    std::fprintf(stderr, "centralita migrate: %s: %s\n", store::describe(url).c_str(),
                 count.error().c_str());
    return 1;
  }
  std::printf("%s: %d migrations run\n", store::describe(url).c_str(), *count);
  return 0;
}

}  // namespace centralita
