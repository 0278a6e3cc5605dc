#include "tests/server/api/support.h"

namespace centralita {
namespace {

class StatsTest : public ApiTest {
 protected:
  // A call that began at `start` and lasted a minute, with a reply for each response time; the
  // first `interrupted` of them were cut short.
  void call(const std::string& id, const std::string& start, const std::string& status,
            const std::vector<int>& responses, int interrupted = 0,
            const std::string& cause = "caller-hung-up") {
    std::string statements =
        "insert into calls (session_id, client_type, start_time, end_time, status, end_cause, "
        "error)"
        " values ('" +
        id + "', 'twilio', '" + start + "', timestamptz '" + start + "' + interval '1 minute', '" +
        status + "', '" + cause + "', '" + (status == "failed" ? "It failed." : "") + "');";
    for (std::size_t n = 0; n < responses.size(); ++n)
      statements +=
          "insert into transcripts (call_id, turn_number, role, content, interrupted,"
          " timings) select id, " +
          std::to_string(n) + ", 'assistant', 'hola', " +
          (static_cast<int>(n) < interrupted ? "true" : "false") +
          ", '{\"response_ms\": " + std::to_string(responses[n]) +
          ", \"stt_ms\": 100, \"tts_first_byte_ms\": " + std::to_string(responses[n] / 10) +
          "}' from calls where session_id = '" + id + "';";
    sql(statements);
  }
};

TEST_F(StatsTest, CallsAreCountedWithTheTimeBefore) {
  call("old", "2026-03-04T12:00:00Z", "completed", {900});
  call("a", "2026-03-05T10:10:00Z", "completed", {400, 600, 2000}, 1);
  call("b", "2026-03-05T10:50:00Z", "failed", {}, 0, "provider-failed");
  call("c", "2026-03-05T13:00:00Z", "no-answer", {});
  call("later", "2026-03-06T00:00:00Z", "completed", {100});
  call("deleted", "2026-03-05T12:00:00Z", "failed", {100});
  sql("update calls set deleted_at = now() where session_id = 'deleted';"
      "update calls set cost = '{\"amount\": 0.25, \"currency\": \"USD\"}'"
      " where session_id in ('a', 'b', 'later')");
  const auto reply =
      get("/api/v1/stats?from=2026-03-05T00:00:00Z&to=2026-03-06T00:00:00Z&bucket=hour");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto stats = reply.json();
  const auto totals = *stats.object("totals");
  EXPECT_EQ(totals.integer("calls"), 3);
  EXPECT_EQ(totals.integer("answered"), 2);
  EXPECT_EQ(totals.integer("failed"), 1);
  EXPECT_EQ(totals.integer("active"), 0);
  EXPECT_EQ(totals.integer("talk_ms"), 120'000);
  EXPECT_EQ(totals.integer("replies"), 3);
  EXPECT_EQ(totals.integer("interrupted"), 1);
  EXPECT_EQ(totals.number("response_mean_ms"), 1000);
  EXPECT_EQ(totals.number("response_p50_ms"), 600);
  EXPECT_EQ(totals.number("response_p95_ms"), 1860);
  EXPECT_EQ(totals.object("cost")->number("amount"), 0.5);
  EXPECT_EQ(totals.object("cost")->string("currency"), "USD");
  const auto previous = *stats.object("previous");
  EXPECT_FALSE(previous.object("cost"));
  EXPECT_EQ(previous.integer("calls"), 1);
  EXPECT_EQ(previous.number("response_p50_ms"), 900);

  const auto buckets = stats.objects("buckets");
  ASSERT_EQ(buckets.size(), 24u);
  EXPECT_EQ(buckets[10].string("at"), "2026-03-05T10:00:00.000Z");
  EXPECT_EQ(buckets[10].integer("calls"), 2);
  EXPECT_EQ(buckets[10].integer("failed"), 1);
  EXPECT_EQ(buckets[10].integer("interrupted"), 1);
  EXPECT_EQ(buckets[10].number("response_p50_ms"), 600);
  EXPECT_EQ(buckets[11].integer("calls"), 0);
  EXPECT_FALSE(buckets[11].number("response_p50_ms"));

  const auto stages = stats.objects("stages");
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].string("name"), "stt");
  EXPECT_EQ(stages[0].number("p95_ms"), 100);
  EXPECT_EQ(stages[1].string("name"), "tts");
  EXPECT_EQ(stages[1].number("mean_ms"), 100);
  const auto failures = stats.objects("failures");
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].string("cause"), "provider-failed");
  EXPECT_EQ(failures[0].integer("calls"), 1);
  EXPECT_EQ(failures[0].string("example"), "It failed.");
}

TEST_F(StatsTest, DaysAreTheViewersAndAsLongAsTheirClocksMakeThem) {
  // In Madrid the clocks went forward on 2026-03-29: that day begins at 23:00 UTC, the next at
  // 22:00.
  call("a", "2026-03-28T22:59:59Z", "completed", {});
  call("b", "2026-03-28T23:00:00Z", "completed", {});
  call("c", "2026-03-29T21:59:59Z", "completed", {});
  call("d", "2026-03-29T22:00:00Z", "completed", {});
  const auto reply =
      get("/api/v1/stats?from=2026-03-27T23:00:00Z&to=2026-03-30T22:00:00Z&bucket=day&tz=Europe/"
          "Madrid");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto buckets = reply.json().objects("buckets");
  ASSERT_EQ(buckets.size(), 3u);
  const std::pair<const char*, int> expected[] = {{"2026-03-27T23:00:00.000Z", 1},
                                                  {"2026-03-28T23:00:00.000Z", 2},
                                                  {"2026-03-29T22:00:00.000Z", 1}};
  for (std::size_t n = 0; n < 3; ++n) {
    EXPECT_EQ(buckets[n].string("at"), expected[n].first);
    EXPECT_EQ(buckets[n].integer("calls"), expected[n].second);
  }
}

TEST_F(StatsTest, HoursOfAZoneThatIsHalfAnHourOffBeginAtTheHalf) {
  call("a", "2026-03-05T10:20:00Z", "completed", {});
  const auto buckets =
      get("/api/v1/stats?from=2026-03-05T09:30:00Z&to=2026-03-05T11:30:00Z&tz=Asia/Kolkata")
          .json()
          .objects("buckets");
  ASSERT_EQ(buckets.size(), 2u);
  EXPECT_EQ(buckets[0].string("at"), "2026-03-05T09:30:00.000Z");
  EXPECT_EQ(buckets[0].integer("calls"), 1);
}

TEST_F(StatsTest, WithoutCallsThereAreZerosAndNoTimes) {
  const auto reply = get("/api/v1/stats");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto totals = *reply.json().object("totals");
  EXPECT_EQ(totals.integer("calls"), 0);
  EXPECT_EQ(totals.integer("talk_ms"), 0);
  EXPECT_FALSE(totals.number("response_p95_ms"));
  EXPECT_GE(reply.json().objects("buckets").size(), 24u);
}

TEST_F(StatsTest, WhatMakesNoSenseIsRefused) {
  const std::pair<const char*, const char*> wrong[] = {
      {"from=yesterday", "bad-time"},
      {"from=2026-03-05T00:00:00Z&to=2026-03-05T00:00:00Z", "bad-time"},
      {"from=2020-01-01T00:00:00Z&bucket=hour", "bad-time"},
      {"bucket=week", "bad-bucket"},
      {"tz=Atlantis/City", "bad-time-zone"},
      {"tz=%27%3B%20drop%20table%20calls", "bad-time-zone"}};
  for (const auto& [query, code] : wrong) {
    const auto reply = get(std::string("/api/v1/stats?") + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.json().object("error")->string("code"), code) << query << reply.body;
  }
}

}  // namespace
}  // namespace centralita
