// Nothing that was said is lost: the server is killed outright with live calls, or its database
// goes away, and afterwards every turn that was over is in the history, once.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <csignal>
#include <functional>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

// Of a call that was cut off: turns that were certainly over 100 ms before its end, in the caller's
// eyes: the agent's whose last mark had come back.
int turns_over(const caller::CallReport& report, double until_ms) {
  int over = 0;
  for (const auto& mark : report.marks)
    over += mark.echoed_ms && !mark.cleared && *mark.echoed_ms + 100 < until_ms &&
            mark.name.ends_with("-end");
  return over;
}

struct Census {
  int found = 0, doubled = 0;
};

// Of the assistant's turns of all calls.
Census census(const std::string& database) {
  auto& postgres = PostgresFixture::shared();
  const auto count = [&](const char* sql) { return std::stoi(postgres.execute(database, sql)); };
  return {.found = count("select count(distinct (call_id, turn_number)) from transcripts"
                         " where role = 'assistant'"),
          .doubled = count("select count(*) - count(distinct (call_id, turn_number))"
                           " from transcripts")};
}

void wait_until_stored(Stack& stack, const std::string& sql, const std::string& value) {
  auto& postgres = PostgresFixture::shared();
  for (int i = 0; i < 1'000 && postgres.execute(stack.database(), sql) != value; ++i)
    g_usleep(20'000);
}

// Until the database has all that the server knows.
void wait_until_moved(Stack& stack) {
  for (int i = 0; i < 1'500; ++i, g_usleep(20'000)) {
    const auto ready = json::parse(stack.get("/ready", false).body);
    if (ready && ready->object().object("parts")->object("database")->integer("queued") == 0)
      return;
  }
}

// An agent that goes on talking by itself, so that turns finish all the time without anything
// having to understand speech: that would share the machine with the calls.
void make_talkative(Stack& stack) {
  stack.configure("first_message", "\"Buenos días, le habla la recepción.\"");
  stack.configure("idle_timeout_ms", "2000");
  stack.configure("inactivity_max_retries", "10");
}

// `calls` calls of which the server is killed while they talk.
void kill_with_live_calls(int calls) {
  // Many that begin at the same moment on a small machine are late, and are meant to be taken.
  Stack stack;
  make_talkative(stack);
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());
  const Slot kill =
      stack.io().after(calls > 20 ? 15s : 11s, [&] { stack.server().signal(SIGKILL); });
  const auto reports = stack.calls("wait-greeting; wait 30", calls);
  int expected = 1, alive = 0;  // the first call's greeting
  for (const auto& report : reports) {
    alive += report.answered;
    expected += turns_over(report, report.duration_ms);
  }
  stack.restart_server();
  wait_until_stored(stack, "select count(*) from calls where end_time is null", "0");
  wait_until_moved(stack);
  const auto seen = census(stack.database());
  std::printf("kill -9: %d calls alive, %d turns expected, %d found, %d doubled\n", alive, expected,
              seen.found, seen.doubled);
  EXPECT_EQ(alive, calls);
  EXPECT_GE(expected, 2 * calls);  // the greeting, and a question at least
  EXPECT_GE(seen.found, expected);
  EXPECT_EQ(seen.doubled, 0);
  EXPECT_EQ(PostgresFixture::shared().execute(stack.database(),
                                              "select count(*) from calls where status = 'failed'"
                                              " and end_cause = 'server-restarted'"),
            std::to_string(calls));
}

int number_from(const char* variable, int usual) {
  const char* text = g_getenv(variable);
  return text ? std::atoi(text) : usual;
}

}  // namespace

TEST(Durability, AServerKilledOutrightWithLiveCallsLosesNoTurnAndDoublesNone) {
  kill_with_live_calls(number_from("DURABILITY_CALLS", 6));
}

// With DURABILITY_CALLS=100 DURABILITY_AWAY_SECONDS=60 these are the experiments of
// docs/operation.md.
TEST(Durability, TheDatabaseMayBeAwayWhileCallsComeAndGo) {
  Stack stack;
  make_talkative(stack);
  auto& postgres = PostgresFixture::shared();
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());
  const int calls = number_from("DURABILITY_CALLS", 6);
  const int away = number_from("DURABILITY_AWAY_SECONDS", 3);
  const Slot stop = stack.io().after(2s, [&] { postgres.stop(); });
  const Slot start = stack.io().after(2s + std::chrono::seconds(away), [&] { postgres.start(); });
  int expected = 1, answered = 0, placed = 0;
  const auto began = std::chrono::steady_clock::now();
  // Calls before, during and after.
  do {
    placed += calls;
    for (const auto& report : stack.calls("wait-greeting; wait 5; hang-up", calls)) {
      answered += report.answered;
      expected += turns_over(report, report.duration_ms + 1'000);
    }
  } while (std::chrono::steady_clock::now() - began < 3s + std::chrono::seconds(away));
  wait_until_moved(stack);
  const auto seen = census(stack.database());
  std::printf(
      "database away for %d s: %d calls answered, %d turns expected, %d found, %d doubled\n", away,
      answered, expected, seen.found, seen.doubled);
  EXPECT_EQ(answered, placed);
  EXPECT_GE(seen.found, expected);
  EXPECT_EQ(seen.doubled, 0);
  EXPECT_EQ(postgres.execute(stack.database(), "select count(*) from calls where end_time is null"),
            "0");
}

// A limit on the size of the files that the server may write is a disk that is full, for it alone.
TEST(Durability, AFullDiskStopsNoCallAndLosesNoTurnAndSaysSo) {
  Stack stack;
  make_talkative(stack);
  const auto metric = [&](const std::string& name) {
    const auto text = stack.get("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    return at == text.npos ? -1.0 : std::stod(text.substr(at + name.size() + 2));
  };
  const auto journal = [&] {
    return *json::parse(stack.get("/ready", false).body)
                ->object()
                .object("parts")
                ->object("journal");
  };
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());
  EXPECT_EQ(journal().string("status"), "ok");
  std::string status, message;
  int ready = 0;
  double healthy = 1;
  rlimit room = {};
  ASSERT_EQ(prlimit(stack.server().pid(), RLIMIT_FSIZE, nullptr, &room), 0);
  const Slot fill = stack.io().after(1s, [&] {
    const rlimit none = {.rlim_cur = 1, .rlim_max = room.rlim_max};
    prlimit(stack.server().pid(), RLIMIT_FSIZE, &none, nullptr);
  });
  Slot look;
  const std::function<void()> look_again = [&] {
    ready = stack.get("/ready", false).status;
    status = journal().string("status").value_or("");
    message = journal().string("message").value_or("");
    healthy = metric("journal_healthy");
    if (status != "failing")
      look = stack.io().after(200ms, look_again);
  };
  look = stack.io().after(2s, look_again);
  const auto report = stack.call("wait-greeting; wait 5; hang-up");
  look.reset();
  prlimit(stack.server().pid(), RLIMIT_FSIZE, &room, nullptr);
  ASSERT_TRUE(report.ok()) << to_text(report);
  EXPECT_EQ(ready, 200) << "it takes calls all the same";
  EXPECT_EQ(status, "failing");
  EXPECT_NE(message.find(stack.data()), std::string::npos) << message;
  EXPECT_EQ(healthy, 0);
  wait_until_stored(stack, "select count(*) from calls where end_time is null", "0");
  wait_until_moved(stack);
  EXPECT_GE(census(stack.database()).found, 1 + turns_over(report, report.duration_ms + 1'000));
  EXPECT_EQ(metric("journal_dropped_total"), 0);
  for (int i = 0; i < 500 && journal().string("status") != "ok"; ++i) g_usleep(20'000);
  EXPECT_EQ(journal().string("status"), "ok") << "there is room again";
}
