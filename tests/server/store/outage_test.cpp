#include "server/store/migrate.h"
#include "tests/server/store/answer_thief.h"
#include "tests/server/store/support.h"

#include <glib/gstdio.h>

#include <thread>

namespace centralita::store {
namespace {

class OutageTest : public StoreTest {
 protected:
  ~OutageTest() override {
    // The next test finds a server, whatever happened here.
    postgres_.stop();
    postgres_.start();
  }
};

TEST_F(OutageTest, TurnsOfAnOutageAreAllThereOnceAfterIt) {
  const LogCapture log;
  const auto store = open();
  store->call_started(started("s"));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(store->status().last_error, "");
  ASSERT_TRUE(load_agent(*store, std::string("default")));

  postgres_.stop();
  ASSERT_TRUE(store->wait_until_healthy(false, kSoon));
  for (int n = 0; n < 100; ++n) store->turn_finished(turn("s", n, std::to_string(n)));
  EXPECT_EQ(store->status().journal.waiting, 100u);
  EXPECT_FALSE(store->status().last_error.empty());
  EXPECT_FALSE(store->flush(10ms));

  postgres_.start();
  ASSERT_TRUE(store->flush(kSoon));
  ASSERT_TRUE(store->wait_until_healthy(true, kSoon));
  EXPECT_EQ(store->status().journal.waiting, 0u);
  const auto detail = get_call(*store, std::string("s"));
  ASSERT_TRUE(detail) << detail.error().message;
  ASSERT_EQ(detail->turns.size(), 100u);
  for (int n = 0; n < 100; ++n) EXPECT_EQ(detail->turns[n].content, std::to_string(n));
  EXPECT_EQ(log.lines_with("database is away"), 1);
  EXPECT_EQ(log.lines_with("database is back"), 1);
}

TEST_F(OutageTest, NothingIsLostOrDoubledWhenTheServerCrashesWhileItIsWrittenTo) {
  const auto store = open();
  constexpr int kTurns = 1'500;
  std::thread caller([&] {
    store->call_started(started("s"));
    for (int n = 0; n < kTurns; ++n) {
      store->turn_finished(turn("s", n, std::to_string(n)));
      std::this_thread::yield();
    }
    store->call_ended(ended("s"));
  });
  for (int crash = 0; crash < 3; ++crash) {
    postgres_.crash();
    postgres_.start();
  }
  caller.join();
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) from transcripts"), std::to_string(kTurns));
  EXPECT_EQ(sql("select count(*) from transcripts where content = turn_number::text"),
            std::to_string(kTurns));
  EXPECT_EQ(sql("select status from calls"), "completed");
  EXPECT_EQ(store->status().rejected + store->status().journal.dropped, 0u);
}

TEST_F(OutageTest, ConnectionsCutInTheMiddleOfWritingLoseNothing) {
  const auto store = open();
  constexpr int kTurns = 1'000;
  store->call_started(started("s"));
  for (int n = 0; n < kTurns; ++n) {
    store->turn_finished(turn("s", n, std::to_string(n)));
    if (n % 250 == 249)
      sql("select count(pg_terminate_backend(pid)) from pg_stat_activity"
          " where datname = current_database() and pid <> pg_backend_pid()");
  }
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) from transcripts where content = turn_number::text"),
            std::to_string(kTurns));
}

TEST_F(OutageTest, TurnWhoseAnswerWasLostOnTheWayIsStoredOnce) {
  const std::string host = conninfo_.substr(5, conninfo_.find(' ') - 5);
  const OwnedString folder(g_dir_make_tmp("thief-XXXXXX", nullptr));
  ASSERT_TRUE(folder);
  {
    AnswerThief thief(folder.get(), host);
    const auto store =
        open(quick("host=" + std::string(folder.get()) + conninfo_.substr(conninfo_.find(' '))));
    store->call_started(started("s"));
    ASSERT_TRUE(store->flush(kSoon));
    thief.steal(3);
    for (int n = 0; n < 5; ++n) store->turn_finished(turn("s", n));
    ASSERT_TRUE(store->flush(kSoon));
    EXPECT_EQ(thief.stolen(), 3);
  }
  g_rmdir(folder.get());
  EXPECT_EQ(sql("select count(*) from transcripts"), "5");
}

TEST_F(OutageTest, DatabaseThatIsAbsentAtTheStartIsWaitedForAndMigrated) {
  postgres_.stop();
  const auto store = Store::open(quick(conninfo_));
  store->call_started(started("early"));
  store->turn_finished(turn("early", 0));
  const auto refused = list_calls(*store, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, kDatabaseAway);
  EXPECT_EQ(load_agent(*store, std::string("default")).error().code, kDatabaseAway);
  EXPECT_EQ(list_calls(*store, {.cursor = "nonsense"}).error().code, kBadCursor);
  EXPECT_FALSE(store->status().healthy);

  postgres_.start();
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) from transcripts"), "1");
}

TEST_F(OutageTest, UnmigratedDatabaseIsAnOutageUntilSomebodyMigratesIt) {
  auto options = quick(conninfo_);
  options.auto_migrate = false;
  const auto store = Store::open(options);
  store->call_started(started("s"));
  ASSERT_FALSE(store->flush(30ms));
  EXPECT_EQ(list_calls(*store, {}).error().code, kDatabaseAway);
  ASSERT_TRUE(migrate(conninfo_));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_NE(store->status().last_error.find("centralita migrate"), std::string::npos);
  EXPECT_EQ(list_calls(*store, {})->calls.size(), 1u);
}

TEST_F(OutageTest, AgentsAreKnownFromTheirLastReadingWhileTheDatabaseIsAway) {
  const auto store = open();
  const auto before = load_agent(*store, std::string("default"));
  ASSERT_TRUE(before);
  postgres_.stop();
  // Also before the writer has noticed.
  const auto at_once = load_agent(*store, std::string("default"));
  ASSERT_TRUE(at_once) << at_once.error().message;
  ASSERT_TRUE(store->wait_until_healthy(false, kSoon));
  const auto later = load_agent(*store, before->id);
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->instructions, before->instructions);
  EXPECT_EQ(load_agent(*store, std::string("unknown")).error().code, kDatabaseAway);
}

TEST_F(OutageTest, AgentsAreKnownFromTheLastStartWhenTheDatabaseIsAwayAtThisOne) {
  const TemporaryFolder folder;
  auto options = quick(conninfo_);
  options.journal.folder = folder.path();
  std::string instructions;
  {
    const auto store = open(options);
    sql("insert into agent_numbers (number, agent_id) select '+525587654321', id from agents");
    instructions = load_agent(*store, std::string("default"))->instructions;
  }
  {
    const auto store = open(options);  // reads the number too
    // The reader answers in order, so that all is remembered when this is.
    ASSERT_TRUE(load_agent(*store, std::string("default")));
  }
  postgres_.stop();
  const auto store = Store::open(options);
  EXPECT_TRUE(store->status().can_answer_calls);
  for (const AgentKey& key :
       {AgentKey(std::string("default")), AgentKey(CalledNumber{"+525587654321"}),
        AgentKey(CalledNumber{"+1999"})}) {
    const auto agent = load_agent(*store, key);
    ASSERT_TRUE(agent) << agent.error().message;
    EXPECT_EQ(agent->instructions, instructions);
  }
  store->call_started(started("s"));
  store->turn_finished(turn("s", 0));
  postgres_.start();
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) from transcripts"), "1");
}

TEST_F(OutageTest, WhatADeadServerLeftInItsJournalIsStoredOnceByTheNextOne) {
  const TemporaryFolder folder;
  auto options = quick(conninfo_);
  options.journal.folder = folder.path();
  {
    const auto store = open(options);
    store->call_started(started("s"));
    for (int n = 0; n < 10; ++n) store->turn_finished(turn("s", n));
    ASSERT_TRUE(store->flush(kSoon));
    postgres_.stop();
    ASSERT_TRUE(store->wait_until_healthy(false, kSoon));
    for (int n = 10; n < 20; ++n) store->turn_finished(turn("s", n));
    store->call_ended(ended("s"));
  }
  // Deleted by somebody meanwhile: what was stored before must not come back.
  postgres_.start();
  sql("delete from transcripts where turn_number < 5");
  const auto store = open(options);
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) || ' ' || min(turn_number) from transcripts"), "15 5");
  EXPECT_EQ(sql("select status from calls"), "completed");
}

TEST_F(OutageTest, StoppingDuringAnOutageIsQuickAndSaysWhatWaits) {
  const LogCapture log;
  auto options = quick(conninfo_);
  options.longest_retry = 1h;
  options.first_retry = 1h;
  auto store = Store::open(options);
  ASSERT_TRUE(store->wait_until_healthy(true, kSoon));
  postgres_.stop();
  store->call_started(started("s"));
  ASSERT_TRUE(store->wait_until_healthy(false, kSoon));
  store.reset();
  EXPECT_EQ(log.lines_with("stopped with 1 records"), 1);
}

}  // namespace
}  // namespace centralita::store
