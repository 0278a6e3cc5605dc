// Servers that share a database: who lives, and what becomes of the calls of one that does not.
#include "server/store/extractions.h"
#include "server/store/webhooks.h"
#include "tests/server/store/support.h"

namespace centralita::store {
namespace {

struct InstancesTest : StoreTest {
  ~InstancesTest() override {
    postgres_.stop();
    postgres_.start();
  }

  std::unique_ptr<Store> server(const std::string& name, std::chrono::milliseconds grace = 200ms) {
    auto options = quick(conninfo_);
    options.instance = {.host = name, .grace = grace, .look_every = 30ms};
    return open(options);
  }
  // Waits until the statement says so; false after some seconds.
  bool until(const std::string& statement, const std::string& value) {
    for (int i = 0; i < 1'000; ++i) {
      if (sql(statement) == value)
        return true;
      g_usleep(10'000);
    }
    return false;
  }
};

TEST_F(InstancesTest, CallsOfADeadServerAreClosedByTheOthersAndTheirsGoOn) {
  auto dead = server("dead");
  const auto living = server("living");
  for (const auto& [store, id] : {std::pair{dead.get(), "lost"}, std::pair{living.get(), "kept"}}) {
    store->call_started(started(id));
    store->turn_finished(turn(id, 2));
    ASSERT_TRUE(store->flush(kSoon));
  }
  ASSERT_TRUE(until("select count(*) from instances where instance_lives(slot)", "2"));
  sql("insert into incidents (kind, subject, reason, raised_by, runs) values "
      "('provider', 'lost', 'r', 'dead', '{" +
      dead->run() + "}'), ('provider', 'kept', 'r', 'dead', '{" + dead->run() + "," +
      living->run() + "}')");
  dead.reset();
  ASSERT_TRUE(until("select count(*) from calls where end_time is null", "1"));
  ASSERT_TRUE(until("select string_agg(subject, ' ') from incidents where ended is null", "kept"));
  const auto lost = get_call(*living, std::string("lost"))->call;
  EXPECT_EQ(lost.status, "failed");
  EXPECT_EQ(lost.end_cause, "instance-lost");
  EXPECT_EQ(lost.end_time, at(2'800));  // the end of its last turn
  EXPECT_EQ(get_call(*living, std::string("kept"))->call.status, "active");
  EXPECT_EQ(sql("select count(*) from instances where gone_at is not null"), "1");
}

TEST_F(InstancesTest, ADatabaseThatIsRestartedBuriesNobody) {
  const auto first = server("first", 10s), second = server("second", 10s);
  first->call_started(started("s"));
  ASSERT_TRUE(first->flush(kSoon));
  for (int again = 0; again < 2; ++again) {
    postgres_.crash();
    postgres_.start();
  }
  ASSERT_TRUE(until("select count(*) from instances where instance_lives(slot)", "2"));
  EXPECT_EQ(sql("select status from calls"), "active");
}

TEST_F(InstancesTest, AServerThatWasTakenForDeadTakesItsLiveCallsBack) {
  const auto store = server("cut-off");
  store->call_started(started("goes-on"));
  store->call_started(started("over"));
  ASSERT_TRUE(store->flush(kSoon));
  // As another server does that has missed it for long enough.
  sql("update instances set gone_at = now();"
      "update calls set status = 'failed', end_cause = 'instance-lost', end_time = start_time");
  store->call_ended(ended("over"));
  ASSERT_TRUE(store->flush(kSoon));
  sql("select count(pg_terminate_backend(pid)) from pg_stat_activity"
      " where datname = current_database() and pid <> pg_backend_pid()");
  ASSERT_TRUE(until("select count(*) from instances where gone_at is null", "1"));
  ASSERT_TRUE(until("select status from calls where session_id = 'goes-on'", "active"));
  EXPECT_EQ(sql("select count(*) from calls where session_id = 'goes-on' and end_time is null"),
            "1");
  EXPECT_EQ(sql("select end_cause from calls where session_id = 'over'"), "caller-hung-up");
}

TEST_F(InstancesTest, TheEndOfACallThatWasTakenForLostIsToldWhenItReallyEnds) {
  const auto store = server("cut-off");
  ASSERT_TRUE(store->wait_until_healthy(true, kSoon));
  sql("insert into webhooks (url, events) values ('http://x/', '{call.ended}')");
  for (const char* id : {"told", "untold", "over"}) store->call_started(started(id));
  ASSERT_TRUE(store->flush(kSoon));
  const auto events = [&] {
    return sql(
        "select string_agg(session_id || ' ' || state, ', ' order by d.id)"
        " from webhook_deliveries d join calls c on c.id = d.call_id");
  };
  // As another server does that has missed it for long enough; one is told, and being read.
  sql("update instances set gone_at = now();"
      "update calls set status = 'failed', end_cause = 'instance-lost', end_time = start_time,"
      " extraction_state = 'waiting' where session_id <> 'over';"
      "update calls set status = 'failed', end_cause = 'instance-lost', end_time = start_time,"
      " extraction_state = 'done' where session_id = 'over';"
      "update calls set extraction_state = 'running' where session_id = 'told';"
      "update webhook_deliveries set state = 'delivered'"
      " where call_id in (select id from calls where session_id <> 'untold')");
  EXPECT_EQ(events(), "told delivered, untold pending, over delivered");
  const auto pending = std::stoll(sql("select id from webhook_deliveries where state = 'pending'"));
  store->call_ended(ended("over"));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(events(), "told delivered, untold pending, over delivered, over pending");
  EXPECT_EQ(sql("select extraction_state from calls where session_id = 'over'"), "waiting");

  sql("select count(pg_terminate_backend(pid)) from pg_stat_activity"
      " where datname = current_database() and pid <> pg_backend_pid()");
  ASSERT_TRUE(until("select count(*) from calls where end_time is null", "2"));
  EXPECT_EQ(events(), "told delivered, over delivered, over pending") << "it goes on";
  const auto withdrawn = answer_of<bool>([&](auto* context, auto answer) {
    store->change<bool>([&](Connection& connection) { return set_body(connection, pending, "{}"); },
                        context, answer);
  });
  EXPECT_EQ(withdrawn.error().code, kNotFound) << "also for one who has claimed it before";
  // What was being read of half a call comes too late.
  const auto told = std::stoll(sql("select id from calls where session_id = 'told'"));
  ASSERT_TRUE(answer_of<int>([&](auto* context, auto answer) {
    store->change<int>(
        [&](Connection& connection) {
          return finish_extraction(
              connection, {.id = told, .state = "done", .data = R"({"half": 1})", .error = ""});
        },
        context, answer);
  }));

  for (const char* id : {"told", "untold"}) store->call_ended(ended(id));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(events(), "told delivered, over delivered, over pending, told pending, untold pending");
  EXPECT_EQ(sql("select string_agg(distinct extraction_state, ' ') from calls"), "waiting");
  EXPECT_EQ(sql("select count(*) from calls where extracted_data is not null"), "0");
  EXPECT_EQ(sql("select count(distinct event_id) from webhook_deliveries"), "5");
}

TEST_F(InstancesTest, TheListSaysWhoIsReadyWhoDrainsAndWhoIsGone) {
  const auto ready = server("ready"), draining = server("draining"), left = server("left");
  const auto say = [](Store* store, auto function) {
    return answer_of<bool>([=](auto* context, auto answer) {
      store->change<bool>([function, run = store->run()](
                              Connection& connection) { return function(connection, run); },
                          context, answer);
    });
  };
  for (const auto& store : {ready.get(), draining.get(), left.get()})
    ASSERT_TRUE(store->wait_until_healthy(true, kSoon));
  sql("insert into incidents (kind, subject, reason, raised_by, runs)"
      " values ('provider', 's', 'r', 'left', '{" +
      left->run() + "}')");
  ASSERT_TRUE(say(draining.get(), drain_instance));
  ASSERT_TRUE(say(left.get(), leave_instance));
  EXPECT_EQ(sql("select cleared_by from incidents"), "left") << "whose breakers are no more";
  const auto list = answer_of<std::vector<Instance>>([&](auto* context, auto answer) {
    ready->read<std::vector<Instance>>(list_instances, context, answer);
  });
  ASSERT_TRUE(list);
  std::map<std::string, std::string> states;
  for (const auto& instance : *list) states[instance.host] = instance.state;
  EXPECT_EQ(states, (std::map<std::string, std::string>{
                        {"ready", "ready"}, {"draining", "draining"}, {"left", "gone"}}));
  for (const auto& [store, others] : {std::pair{ready.get(), 0}, std::pair{draining.get(), 1}}) {
    for (int i = 0; i < 1'000 && store->other_instances() != others; ++i) g_usleep(10'000);
    EXPECT_EQ(store->other_instances(), others);
  }
}

}  // namespace
}  // namespace centralita::store
