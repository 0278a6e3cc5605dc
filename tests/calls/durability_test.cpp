// Nothing that was said is lost: the server is killed outright with live calls, or its database
// goes away, and afterwards every turn that was over is in the history, once.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <csignal>

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

// `calls` calls of which the server is killed while they talk.
void kill_with_live_calls(int calls) {
  Stack stack;
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());
  const Slot kill = stack.io().after(9s, [&] { stack.server().signal(SIGKILL); });
  const auto reports = stack.calls(
      "wait-greeting; say es/queue-thankyou; wait-reply; say es/queue-thankyou; wait-reply; wait "
      "30",
      calls);
  int expected = 1, alive = 0;  // the first call's greeting
  for (const auto& report : reports) {
    alive += report.answered;
    expected += turns_over(report, report.duration_ms);
  }
  stack.restart_server();
  wait_until_stored(stack, "select count(*) from calls where end_time is null", "0");
  for (int i = 0; i < 500; ++i, g_usleep(20'000))
    if (json::parse(stack.get("/ready", false).body)
            ->object()
            .object("parts")
            ->object("database")
            ->integer("queued") == 0)
      break;
  const auto seen = census(stack.database());
  std::printf("kill -9: %d calls alive, %d turns expected, %d found, %d doubled\n", alive, expected,
              seen.found, seen.doubled);
  EXPECT_EQ(alive, calls);
  EXPECT_GE(expected, calls);  // the greetings at least
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

// With DURABILITY_CALLS=100 DURABILITY_AWAY_SECONDS=60 this is the experiment of the report.
TEST(Durability, TheDatabaseMayBeAwayWhileCallsComeAndGo) {
  Stack stack;
  auto& postgres = PostgresFixture::shared();
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());
  const int calls = number_from("DURABILITY_CALLS", 6);
  const int away = number_from("DURABILITY_AWAY_SECONDS", 3);
  const Slot stop = stack.io().after(2s, [&] { postgres.stop(); });
  const Slot start = stack.io().after(2s + std::chrono::seconds(away), [&] { postgres.start(); });
  int expected = 1, answered = 0;
  const auto began = std::chrono::steady_clock::now();
  // Calls before, during and after. Many at once only listen: what understands speech here shares
  // this machine with them.
  const auto* script = calls > 20 ? "wait-greeting; wait 5; hang-up"
                                  : "wait-greeting; say es/queue-thankyou; wait-reply; hang-up";
  do {
    for (const auto& report : stack.calls(script, calls)) {
      answered += report.answered;
      expected += turns_over(report, report.duration_ms + 1'000);
    }
  } while (std::chrono::steady_clock::now() - began < 3s + std::chrono::seconds(away));
  for (int i = 0; i < 1'500; ++i, g_usleep(20'000))
    if (json::parse(stack.get("/ready", false).body)
            ->object()
            .object("parts")
            ->object("database")
            ->integer("queued") == 0)
      break;
  const auto seen = census(stack.database());
  std::printf(
      "database away for %d s: %d calls answered, %d turns expected, %d found, %d doubled\n", away,
      answered, expected, seen.found, seen.doubled);
  EXPECT_GE(seen.found, expected);
  EXPECT_EQ(seen.doubled, 0);
  EXPECT_EQ(postgres.execute(stack.database(), "select count(*) from calls where end_time is null"),
            "0");
}
