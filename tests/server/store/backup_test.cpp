// Back-up and restore as docs/operation.md has them, with PostgreSQL's own programs.
#include "server/store/migrate.h"
#include "tests/server/store/support.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>

namespace centralita::store {
namespace {

class BackupTest : public StoreTest {
 protected:
  int run(const std::string& program, const std::string& arguments) {
    const auto command = "'" + postgres_.programs() + "/" + program + "' " + arguments;
    return std::system((command + " 2>>'" + folder_.path() + "/messages'").c_str());
  }
  std::string messages() {
    std::ifstream file(folder_.path() + "/messages");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void back_up() { ASSERT_EQ(run("pg_dump", "-Fc -f '" + dump_ + "' -d '" + conninfo_ + "'"), 0); }
  // Into a new database, which then takes the old one's place.
  int restore(const std::string& options = "--exit-on-error --single-transaction") {
    const auto fresh = postgres_.create_database();
    const int status = run("pg_restore", options + " -d '" + fresh + "' '" + dump_ + "'");
    conninfo_ = fresh;
    return status;
  }
  StoreOptions with_journal() {
    auto options = quick(conninfo_);
    options.journal.folder = folder_.path() + "/journal";
    return options;
  }
  // Everything there is, but for what each start of a server changes.
  std::string rows() {
    return sql(
        "select string_agg(t, ' ') from (select tablename || ':' || md5(query_to_xml("
        "'select x::text from public.' || tablename || ' x order by 1', true, false, '')::text) as "
        "t"
        " from pg_tables where schemaname = 'public' order by tablename) all_tables");
  }
  std::string turns_of(const std::string& session) {
    return sql(
        "select string_agg(turn_number || '=' || content, ',' order by turn_number, t.id)"
        " from transcripts t join calls c on c.id = t.call_id where session_id = '" +
        session + "'");
  }

  TemporaryFolder folder_;
  std::string dump_ = folder_.path() + "/centralita.dump";
};

TEST_F(BackupTest, WhatIsRestoredIsWhatThereWasAndCanBeSearched) {
  {
    const auto store = open();
    store->call_started(started("s"));
    store->turn_finished(turn("s", 0, "Quisiera una reservación"));
    store->call_ended(ended("s"));
    ASSERT_TRUE(store->flush(kSoon));
  }
  const auto before = rows();
  const auto indexes = sql("select count(*) from pg_indexes where schemaname = 'public'");
  back_up();
  ASSERT_EQ(restore(), 0) << messages();
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(sql("select count(*) from pg_indexes where schemaname = 'public'"), indexes);
  EXPECT_EQ(sql("select count(*) from calls_matching('{\"q\": \"reservacion\"}')"), "1");
  const auto store = open();
  store->call_started(started("next"));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) from calls"), "2");
}

TEST_F(BackupTest, AnOlderBackUpIsBroughtUpToDateWithAllThatIsInIt) {
  // As it was before the first migration that mattered to restoring.
  constexpr std::size_t kBefore = 16;
  {
    auto connection = Connection::open(conninfo_);
    ASSERT_TRUE(connection);
    const std::span all(embedded_migrations());
    ASSERT_TRUE(migrate(*connection, all.first(kBefore)));
  }
  sql("insert into calls (session_id, client_type, start_time, status)"
      " values ('old', 'twilio', now(), 'completed');"
      "insert into transcripts (call_id, turn_number, role, content, \"timestamp\")"
      " select id, 0, 'user', 'Una reservación', now() from calls");
  back_up();
  EXPECT_NE(restore(""), 0) << "pg_restore makes an index whose function finds no other";
  const auto store = open();
  EXPECT_EQ(turns_of("old"), "0=Una reservación");
  EXPECT_EQ(sql("select count(*) from pg_indexes where indexname = 'transcripts_words'"), "1");
  EXPECT_EQ(sql("select count(*) from schema_migrations"),
            std::to_string(embedded_migrations().size()));
}

TEST_F(BackupTest, CallsThatWereGoingOnAreWholeInADatabaseOfBefore) {
  const LogCapture log;
  {
    const auto store = open(with_journal());
    store->call_started(started("before"));
    store->turn_finished(turn("before", 0));
    ASSERT_TRUE(store->flush(kSoon));
    back_up();
    // What comes now is in the database, and the back-up does not have it.
    store->turn_finished(turn("before", 1));
    store->call_ended(ended("before"));
    store->call_started(started("live"));
    store->turn_finished(turn("live", 0, "a"));
    store->turn_finished(turn("live", 1, "b"));
    ASSERT_TRUE(store->flush(kSoon));
    store->call_started(started("over"));
    store->call_ended(ended("over"));
    ASSERT_TRUE(store->flush(kSoon));
    postgres_.stop();
    ASSERT_TRUE(store->wait_until_healthy(false, kSoon));
    store->turn_finished(turn("live", 2, "c"));
    store->call_started(started("during"));
    store->turn_finished(turn("during", 0, "d"));
    store->call_ended(ended("during"));
  }
  postgres_.start();
  ASSERT_EQ(restore(), 0) << messages();
  for (const char* start : {"the first", "a second"}) {
    SCOPED_TRACE(start);
    const auto store = open(with_journal());
    ASSERT_TRUE(store->flush(kSoon));
    EXPECT_EQ(turns_of("live"), "0=a,1=b,2=c");
    EXPECT_EQ(sql("select end_cause from calls where session_id = 'live'"), "server-restarted");
    EXPECT_EQ(turns_of("during"), "0=d");
    EXPECT_EQ(sql("select end_cause from calls where session_id = 'during'"), "caller-hung-up");
    // Nobody has these any more but the database that was lost.
    EXPECT_EQ(turns_of("before"), "0=hola");
    EXPECT_EQ(sql("select count(*) from calls where session_id = 'over'"), "0");
    EXPECT_EQ(store->status().rejected, 0u);
  }
  EXPECT_EQ(log.lines_with("gone back in time"), 1);
}

}  // namespace
}  // namespace centralita::store
