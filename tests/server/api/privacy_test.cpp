// What is kept for how long, what must be forgotten, and what the server says of itself.
#include "server/logging/log.h"
#include "tests/server/api/support.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

class Privacy : public ApiTest {
 protected:
  Privacy() : ApiTest([](Settings& settings) { settings.retention_days = 30; }) {}

  void add_call(const std::string& id, const std::string& from, int days_ago, int agent = 0,
                const std::string& type = "twilio") {
    const auto ended = "now() - interval '" + std::to_string(days_ago) + " days'";
    sql("insert into calls (session_id, client_type, from_number, to_number, agent_id, start_time, "
        "end_time, status) values ('" +
        id + "', '" + type + "', '" + from + "', '+525500000000', " +
        (agent ? std::to_string(agent) : "null") + ", " + ended + ", " + ended + ", 'completed')");
    sql("insert into transcripts (call_id, role, content, turn_number) select id, 'user', 'hola', "
        "0 "
        "from calls where session_id = '" +
        id + "'");
  }
  std::int64_t clean() {
    std::optional<std::int64_t> gone;
    server().caretaker().clean([&](std::int64_t count) { gone = count; });
    while (!gone) g_main_context_iteration(nullptr, TRUE);
    return *gone;
  }
  std::string calls() {
    return sql("select string_agg(session_id, ' ' order by session_id) from calls");
  }
};

TEST_F(Privacy, CallsAreDeletedWhenTheirTimeIsOverAndTheirRecordingsToo) {
  const auto agent = [&](const std::string& shared) {
    return static_cast<int>(
        post("/api/v1/agents", R"({"name":"a)" + shared.substr(18, 3) + R"(","shared":{)" + shared +
                                   R"(},"profiles":{"browser":{"retention_days":1}}})")
            .json()
            .integer("id")
            .value_or(0));
  };
  const int longer = agent(R"("retention_days": 100)");
  ASSERT_NE(longer, 0);
  add_call("a-old", "+1", 31);
  add_call("b-young", "+1", 29);
  add_call("c-kept-by-its-agent", "+1", 31, longer);
  add_call("d-browser-of-it", "+1", 2, longer, "browser");
  sql("insert into calls (session_id, start_time) values ('e-going-on', now() - interval '99 "
      "days')");
  std::vector<std::string> told;
  server().caretaker().on_erased([&](const std::vector<std::string>& ids) {
    told.insert(told.end(), ids.begin(), ids.end());
  });
  EXPECT_EQ(clean(), 2);
  EXPECT_EQ(calls(), "b-young c-kept-by-its-agent e-going-on");
  EXPECT_EQ(told, (std::vector<std::string>{"a-old", "d-browser-of-it"}));
  EXPECT_EQ(sql("select count(*) from transcripts"), "2");
  EXPECT_EQ(clean(), 0);
}

TEST_F(Privacy, WhatWillBeDeletedIsSaidBeforeItIs) {
  const auto made = post("/api/v1/agents", R"({"name":"Ventas","shared":{"retention_days":100},)"
                                           R"("profiles":{"browser":{"retention_days":2}}})");
  const auto agent = static_cast<int>(made.json().integer("id").value_or(0));
  ASSERT_NE(agent, 0) << made.body;
  add_call("a-tomorrow", "+1", 29);
  add_call("b-in-the-far", "+1", 29, agent);
  add_call("c-overdue", "+1", 40);
  add_call("d-browser", "+1", 1, agent, "browser");
  sql("insert into calls (session_id, start_time) values ('e-going-on', now())");

  const auto reply = get("/api/v1/retention?tz=America/Mexico_City");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json().integer("calls_days"), 30);
  const auto rules = reply.json().objects("agents");
  ASSERT_EQ(rules.size(), 2u) << reply.body;
  EXPECT_FALSE(rules[0].string("profile"));
  EXPECT_EQ(rules[0].integer("days"), 100);
  EXPECT_EQ(rules[1].string("profile"), "browser");
  const auto days = reply.json().objects("upcoming");
  ASSERT_EQ(days.size(), 2u) << reply.body;
  EXPECT_EQ(days[0].integer("calls"), 1) << "the overdue one goes today";
  EXPECT_EQ(days[1].integer("calls"), 2);
  EXPECT_EQ(get("/api/v1/retention?tz=Atlantis").status, 400);

  // A call says it as well: 30 days by the server, 100 and 2 by its agent, none while it goes on.
  std::map<std::string, std::string> until;
  for (const auto& call : get("/api/v1/calls").json().objects("calls"))
    until[call.string("session_id").value_or("")] = call.string("kept_until").value_or("");
  const auto day = [&](int days_from_now) {
    return sql("select to_char((now() + interval '" + std::to_string(days_from_now) +
               " days') at time zone 'UTC', 'YYYY-MM-DD')");
  };
  EXPECT_EQ(until["a-tomorrow"].substr(0, 10), day(1));
  EXPECT_EQ(until["b-in-the-far"].substr(0, 10), day(71));
  EXPECT_EQ(until["d-browser"].substr(0, 10), day(1));
  EXPECT_EQ(until["e-going-on"], "");
}

TEST_F(Privacy, ANumberIsForgottenHoweverItIsWrittenAndTheLogSaysByWhom) {
  add_call("one", "+525512345678", 1);
  add_call("two", "52 55 1234 5678", 2);
  add_call("other", "+525512345679", 1);
  sql("insert into calls (session_id, from_number) values ('live', '+525512345678')");
  const auto reply = post("/api/v1/privacy/erase", R"({"number":"+52 (55) 1234-5678"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json().integer("erased"), 2);
  EXPECT_EQ(reply.json().integer("going_on"), 1);
  EXPECT_EQ(calls(), "live other");
  EXPECT_EQ(sql("select count(*) from transcripts"), "1");
  const auto log = get("/api/v1/audit-log").body;
  EXPECT_NE(log.find("privacy.erased"), std::string::npos) << log;
  EXPECT_EQ(log.find("12345678"), std::string::npos) << "the log forgets it too";
  for (const char* wrong : {R"({})", R"({"number":"55"})", R"({"number":"%1234567"})"})
    EXPECT_EQ(post("/api/v1/privacy/erase", wrong).status, 422) << wrong;
}

TEST_F(Privacy, WhatTheDatabaseRefusedOfACallGoesWithIt) {
  const auto refuse = [&](const char* session_id, int number, const char* kind,
                          const char* body = "{}") {
    store().journal().put_aside(
        {.run = "r", .number = number, .kind = kind, .session_id = session_id, .body = body}, "no");
  };
  const auto left = [&] {
    std::string ids;
    for (const auto& record : store().journal().refused(99))
      ids += (ids.empty() ? "" : " ") + record.entry.session_id;
    return ids;
  };
  add_call("kept", "+525512345679", 1);
  add_call("expired", "+525512345679", 31);
  add_call("erased", "+525512345678", 1);
  refuse("kept", 1, "turn-finished");
  refuse("expired", 2, "turn-finished");
  refuse("erased", 3, "turn-finished");
  refuse("gone-before", 4, "turn-finished");
  // The history has never had these.
  refuse("no-beginning", 5, "call-started", R"({"from_number":"+52 55 9999 9999"})");
  refuse("no-beginning", 6, "turn-finished");
  refuse("erased-too", 7, "call-started", R"({"from_number":"+525512345678"})");
  refuse("erased-too", 8, "turn-finished");
  ASSERT_EQ(clean(), 1);
  ASSERT_EQ(clean(), 0);  // the calls of the first round are gone
  EXPECT_EQ(left(), "erased-too erased-too no-beginning no-beginning erased kept");
  ASSERT_EQ(post("/api/v1/privacy/erase", R"({"number":"+525512345678"})").status, 200);
  EXPECT_EQ(left(), "no-beginning no-beginning kept");
  EXPECT_EQ(store().status().journal.refused, 3u);
}

TEST_F(Privacy, WhatACallersAgentWantsRedactedNobodyIsTold) {
  struct Listener final : CallObserver {
    std::vector<std::string> said;
    void call_started(const CallStarted&) override {}
    void turn_finished(const TurnFinished& turn) override { said.push_back(turn.content); }
    void call_ended(const CallEnded&) override {}
    void tool_finished(const ToolFinished& tool) override { said.push_back(tool.arguments); }
  } listener;
  CallAudience audience;
  audience.admit(listener);
  audience.call_started({.session_id = "a", .redact_pii = true});
  audience.call_started({.session_id = "b"});
  for (const char* id : {"a", "b"}) {
    audience.turn_finished({.session_id = id, .content = "al 5512345678"});
    audience.tool_finished({.session_id = id, .arguments = R"({"mail":"a@b.mx"})"});
  }
  audience.call_ended({.session_id = "a"});
  EXPECT_EQ(listener.said, (std::vector<std::string>{"al [number]", R"({"mail":"[e-mail]"})",
                                                     "al 5512345678", R"({"mail":"a@b.mx"})"}));
}

TEST_F(Privacy, ReadyNamesTheFailingPart) {
  auto reply = request("GET", "/ready", "", {});
  EXPECT_EQ(reply.status, 200) << reply.body;
  bool full = false;
  server().readiness().add("disk", [&] {
    return Readiness::Part{.ok = !full, .needed = true, .message = full ? "it is full" : ""};
  });
  EXPECT_EQ(request("GET", "/api/system/health", "", {}).status, 200);
  full = true;
  reply = request("GET", "/ready", "", {});
  EXPECT_EQ(reply.status, 503);
  const auto disk = *reply.json().object("parts")->object("disk");
  EXPECT_EQ(disk.string("status"), "failing");
  EXPECT_EQ(disk.string("message"), "it is full");
}

TEST_F(Privacy, MetricsAreForWhoMayReadAndTheLogsLevelForAdministrators) {
  const auto reply = get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(reply.body.find("\ndatabase_connected 1\n"), std::string::npos) << reply.body;
  EXPECT_EQ(request("GET", "/metrics", "", {}).status, 401);
  const auto before = log_level();
  EXPECT_EQ(request("PUT", "/api/v1/system/log-level", R"({"level":"error"})").status, 200);
  EXPECT_EQ(log_level(), "error");
  EXPECT_EQ(request("PUT", "/api/v1/system/log-level", R"({"level":"loud"})").status, 422);
  set_log_level(before);
}

}  // namespace
}  // namespace centralita
