// The global stop and what belongs to it, over the API and between servers that share a database.
#include "plugins/base/provider_health.h"
#include "server/policy/call_policy.h"
#include "server/policy/provider_incidents.h"
#include "server/webhooks/webhook_signature.h"
#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"
#include "tests/support/fake_smtp.h"

#include <glib/gstdio.h>

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using policy::CallPolicy;

class SystemTest : public ApiTest {
 protected:
  // Runs the main context until it is so; false when that takes a minute.
  static bool until(const std::function<bool()>& so) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!so()) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      g_main_context_iteration(nullptr, FALSE);
    }
    return true;
  }
  static CallEnded failed(const std::string& id, const std::string& code = "unavailable") {
    return {.session_id = id,
            .status = "failed",
            .end_cause = "provider-failed",
            .error = "groq (chat) answered HTTP 503.",
            .end_time = std::chrono::system_clock::now(),
            .fault = {.provider = "groq", .operation = "chat", .code = code}};
  }
  static CallStarted started(const std::string& id) {
    CallStarted call;
    call.session_id = id;
    call.client_type = "twilio";
    return call;
  }

  // Another server on the same database, or this one after a restart, as far as policy goes.
  struct Peer {
    Peer(const std::string& database, policy::PolicySettings settings, std::string data_dir = "")
        : store(store::Store::open({.conninfo = database,
                                    .first_retry = 10ms,
                                    .longest_retry = 50ms,
                                    .heartbeat = 50ms})),
          policy(IoContext(Ref<GMainContext>::share(g_main_context_default()),
                           IoContext::make_session()),
                 *store, std::move(settings),
                 {.data_dir = std::move(data_dir), .instance = "peer", .load = [this] {
                    return load;
                  }}) {
      EXPECT_TRUE(store->wait_until_healthy(true, 60s)) << store->status().last_error;
      EXPECT_TRUE(until([this] { return store->status().can_answer_calls; }));
    }
    std::unique_ptr<store::Store> store;
    policy::Load load;
    CallPolicy policy;
  };
};

TEST_F(SystemTest, AnAdministratorStopsAndResumesAndTheLogSaysWho) {
  auto system = get("/api/v1/system").json();
  EXPECT_EQ(system.boolean("accepting"), true);
  EXPECT_FALSE(system.object("stop"));
  EXPECT_EQ(system.object("errors")->integer("limit"), 3);

  const auto stopped = post("/api/v1/system/stop", R"({"reason":"mantenimiento"})");
  ASSERT_EQ(stopped.status, 200) << stopped.body;
  EXPECT_EQ(stopped.json().boolean("accepting"), false);
  EXPECT_EQ(stopped.json().object("stop")->string("reason"), "mantenimiento");
  EXPECT_EQ(stopped.json().object("stop")->string("by"), "admin");
  EXPECT_EQ(post("/api/v1/system/stop", R"({"reason":"otra vez"})").status, 409);

  const auto start = post("/ws/simulator/v2/start");
  EXPECT_EQ(start.status, 503);
  EXPECT_EQ(start.json().object("error")->string("code"), "calls-stopped");
  EXPECT_NE(start.body.find("mantenimiento"), std::string::npos);
  const auto ready = get("/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.json().object("parts")->object("calls")->string("status"), "stopped");

  ASSERT_TRUE(until([&] { return sql("select count(*) from incidents") == "1"; }));
  EXPECT_EQ(post("/admin/reset-global-stop").status, 200);
  EXPECT_EQ(get("/api/v1/system").json().boolean("accepting"), true);
  EXPECT_EQ(post("/ws/simulator/v2/start").status, 200);
  ASSERT_TRUE(
      until([&] { return sql("select count(*) from incidents where ended is null") == "0"; }));
  EXPECT_EQ(sql("select string_agg(actor || ' ' || action, ', ' order by id) from audit_log"),
            "admin global_stop.activated, admin global_stop.cleared");
  const auto incidents = get("/api/v1/incidents").json().array("incidents");
  ASSERT_TRUE(incidents);
  ASSERT_EQ(incidents->size(), 1u);
}

TEST_F(SystemTest, AStopWithoutAReasonIsRefused) {
  EXPECT_EQ(post("/api/v1/system/stop").status, 422);
  EXPECT_EQ(request("POST", "/api/v1/system/stop", R"({"reason":"x"})", {}).status, 401);
}

TEST_F(SystemTest, ThreeCallsThatFailStopEveryServerWithinASecondAndOneNoticeGoesOut) {
  test::FakeHttp webhook;
  Peer peer(database(), {.webhook_url = webhook.url() + "/stop", .webhook_secret = "secreto"});
  ASSERT_TRUE(until([&] { return peer.store->listener().connected(); }));
  for (int i = 0; i < 2; ++i) peer.policy.call_ended(failed("call-" + std::to_string(i)));
  peer.policy.call_ended(failed("call-x", "bad-request"));  // one call's own mistake
  ASSERT_TRUE(until([&] { return peer.policy.errors_in_window() == 2; }));
  EXPECT_FALSE(peer.policy.refusal());

  peer.policy.call_started(started("call-2"));
  peer.policy.call_ended(failed("call-2"));
  ASSERT_TRUE(until([&] { return peer.policy.refusal().has_value(); }));
  const auto raised = std::chrono::steady_clock::now();
  ASSERT_TRUE(
      until([&] { return !get("/api/v1/system").json().boolean("accepting").value_or(true); }));
  EXPECT_LT(std::chrono::steady_clock::now() - raised, 1s);
  peer.policy.call_ended(failed("call-3"));  // while it holds: counted, and no second notice

  ASSERT_TRUE(until([&] { return webhook.requests() > 0 && peer.policy.notices_sent(); }));
  EXPECT_EQ(webhook.requests(), 1u);
  const auto notice = webhook.request(0);
  const auto event = json::parse(notice.body)->object();
  EXPECT_EQ(event.string("event"), "global_call_stop_activated");
  EXPECT_EQ(event.string("call_id"), "call-2");
  EXPECT_EQ(event.integer("error_count_in_window"), 3);
  EXPECT_EQ(event.array("errors")->size(), 3u);
  EXPECT_EQ(notice.header("webhook-signature"),
            webhook_signature("secreto", notice.header("webhook-id"),
                              std::stoll(notice.header("webhook-timestamp")), notice.body));

  // Whoever resumes, resumes all.
  EXPECT_EQ(post("/api/v1/system/resume").status, 200);
  ASSERT_TRUE(until([&] { return !peer.policy.refusal(); }));
}

TEST_F(SystemTest, AStopOutlivesARestartWithAndWithoutTheDatabase) {
  const OwnedString folder(g_dir_make_tmp("centralita-stop-XXXXXX", nullptr));
  const std::string data(folder.get());
  {
    Peer first(database(), {}, data);
    EXPECT_TRUE(first.policy.stop("prueba", {"ana", ""}));
    ASSERT_TRUE(until([&] { return sql("select count(*) from incidents") == "1"; }));
  }
  {
    Peer second(database(), {}, data);
    EXPECT_EQ(second.policy.stopped()->reason, "prueba");  // at once, from the file
  }
  {
    Peer third(database(), {}, "");  // a container without its folder
    ASSERT_TRUE(until([&] { return third.policy.stopped().has_value(); }));
    EXPECT_TRUE(third.policy.resume({"eva", ""}));
    ASSERT_TRUE(
        until([&] { return sql("select count(*) from incidents where ended is null") == "0"; }));
  }
  // Resumed elsewhere meanwhile: the database is right and the file is not.
  Peer fourth(database(), {}, data);
  ASSERT_TRUE(until([&] { return !fourth.policy.stopped(); }));
  EXPECT_FALSE(g_file_test((data + "/global-stop.json").c_str(), G_FILE_TEST_EXISTS));
  g_rmdir(data.c_str());
}

TEST_F(SystemTest, WhoeverWasNotToldOfAStopBeforeARestartIsToldAfterItByTheSameNotice) {
  test::FakeHttp webhook;
  webhook.answer({.status = 500});
  test::FakeSmtp mail(1);
  const policy::PolicySettings settings{
      .webhook_url = webhook.url(),
      .mail = {.url = mail.url(), .from = "a@example.com", .to = {"ops@example.com"}}};
  const OwnedString folder(g_dir_make_tmp("centralita-notice-XXXXXX", nullptr));
  const std::string data(folder.get()), file = data + "/global-stop.json";
  const auto untold = [&] {
    char* contents = nullptr;
    g_file_get_contents(file.c_str(), &contents, nullptr, nullptr);
    const OwnedString owned(contents);
    return contents && std::string(contents).find("notified") != std::string::npos;
  };
  {
    Peer first(database(), settings, data);
    EXPECT_TRUE(first.policy.stop("prueba", {"ana", ""}));
    ASSERT_TRUE(until([&] { return webhook.requests() == 1 && mail.connections() == 1; }));
    EXPECT_TRUE(untold());
  }
  {
    Peer second(database(), settings, data);
    ASSERT_TRUE(until([&] { return !untold(); }));
    EXPECT_TRUE(second.policy.stopped());
  }
  ASSERT_EQ(webhook.requests(), 2u);
  EXPECT_EQ(webhook.request(1).body, webhook.request(0).body);
  const auto id = webhook.request(1).header("webhook-id");
  EXPECT_EQ(id, webhook.request(0).header("webhook-id"));
  EXPECT_NE(mail.session().find("Message-ID: <" + id.substr(4) + "@centralita>"), std::string::npos)
      << mail.session();

  // All have been told: the next start tells nobody.
  Peer third(database(), settings, data);
  EXPECT_TRUE(third.policy.resume({"eva", ""}));
  ASSERT_TRUE(
      until([&] { return sql("select count(*) from incidents where ended is null") == "0"; }));
  EXPECT_EQ(webhook.requests(), 2u);
  EXPECT_EQ(mail.mails(), 1);
  g_unlink(file.c_str());
  g_rmdir(data.c_str());
}

TEST_F(SystemTest, AStopDuringAnOutageHoldsHereAndIsKnownEverywhereAfterIt) {
  auto& postgres = PostgresFixture::shared();
  Peer peer(database(), {});
  postgres.stop();
  ASSERT_TRUE(peer.store->wait_until_healthy(false, 60s));
  EXPECT_TRUE(peer.policy.stop("sin base de datos", {"ana", ""}));
  EXPECT_EQ(peer.policy.refusal()->code, "stopped");
  postgres.start();
  ASSERT_TRUE(until([&] { return peer.store->status().healthy; }));
  ASSERT_TRUE(until([&] { return get("/api/v1/system").json().object("stop").has_value(); }));
  EXPECT_EQ(sql("select reason from incidents where ended is null"), "sin base de datos");
}

TEST_F(SystemTest, WhatTheDatabaseWouldNotHaveIsListedAndTriedAgainOrThrownAway) {
  // A rule of somebody's that no turn may break.
  sql("alter table transcripts add constraint short check (length(content) < 10)");
  store().call_started(started("s"));
  for (int n = 0; n < 3; ++n)
    store().turn_finished({.session_id = "s", .number = n, .content = "demasiado larga"});
  ASSERT_TRUE(until([&] { return store().status().journal.refused == 3; }));
  EXPECT_EQ(get("/ready").json().object("parts")->object("journal")->integer("refused"), 3);
  EXPECT_NE(get("/metrics").body.find("\njournal_refused 3"), std::string::npos);

  const auto list = get("/api/v1/system/refused-records?limit=2").json();
  EXPECT_EQ(list.integer("total"), 3);
  const auto records = list.objects("records");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].string("kind"), "turn-finished");
  EXPECT_NE(records[0].string("reason")->find("short"), std::string::npos);
  EXPECT_EQ(records[0].object("record")->string("content"), "demasiado larga");

  const auto settle = [&](const std::string& body) {
    return post("/api/v1/system/refused-records", body);
  };
  EXPECT_EQ(settle(R"({"action": "burn", "all": true})").status, 422);
  EXPECT_EQ(settle(R"({"action": "discard"})").status, 422) << "not all of them by mistake";
  const auto still = settle(R"({"action": "retry", "all": true})").json();
  EXPECT_EQ(still.objects("refused").size(), 3u);
  EXPECT_EQ(store().status().journal.refused, 3u) << "none is lost by trying";

  const auto thrown =
      settle(R"({"action": "discard", "ids": [")" + *records[0].string("id") + R"("]})");
  EXPECT_EQ(thrown.json().array("done")->size(), 1u) << thrown.body;
  sql("alter table transcripts drop constraint short");
  EXPECT_EQ(settle(R"({"action": "retry", "all": true})").json().array("done")->size(), 2u);
  EXPECT_EQ(store().status().journal.refused, 0u);
  EXPECT_EQ(sql("select string_agg(turn_number::text, ',' order by turn_number) from transcripts"),
            "0,1");
  EXPECT_EQ(sql("select string_agg(action, ', ' order by id) from audit_log"),
            "system.refused-discarded, system.refused-retried");
}

TEST_F(SystemTest, ACallWhoseBeginningIsRefusedIsWholeOnceThatIsTriedAgain) {
  const auto settle = [&](const std::string& body) {
    return post("/api/v1/system/refused-records", body).json();
  };
  const auto refused = [&] { return store().status().journal.refused; };
  sql("alter table calls add constraint no_twilio check (client_type <> 'twilio')");
  auto other = started("other");
  other.client_type = "telnyx";
  store().call_started(started("s"));
  store().call_started(other);
  for (const char* call : {"s", "other"}) {
    store().turn_finished({.session_id = call, .number = 0, .content = "hola"});
    store().tool_finished({.session_id = call, .name = "reloj"});
    store().call_ended({.session_id = call, .status = "completed"});
  }
  ASSERT_TRUE(store().flush(60s));
  EXPECT_EQ(refused(), 4u) << "the call's beginning, turn, tool and end";
  EXPECT_EQ(sql("select string_agg(session_id || ' ' || status, ', ') from calls"),
            "other completed");

  // A call's turn waits for its beginning, and so does all of it for what is wrong.
  const auto records = get("/api/v1/system/refused-records").json().objects("records");
  const auto turn = std::find_if(records.begin(), records.end(), [](const auto& record) {
    return record.string("kind") == "turn-finished";
  });
  ASSERT_NE(turn, records.end());
  const auto alone =
      settle(R"({"action": "retry", "ids": [")" + *turn->string("id") + R"("]})").to_string();
  EXPECT_NE(alone.find("the beginning of its call"), std::string::npos) << alone;
  EXPECT_EQ(settle(R"({"action": "retry", "all": true})").objects("refused").size(), 4u);
  EXPECT_EQ(refused(), 4u);

  sql("alter table calls drop constraint no_twilio");
  EXPECT_EQ(settle(R"({"action": "retry", "all": true})").array("done")->size(), 4u);
  EXPECT_EQ(refused(), 0u);
  EXPECT_EQ(sql("select status || ' ' || content || ' ' || name from calls c"
                " join transcripts t on t.call_id = c.id join tool_calls u on u.call_id = c.id"
                " where session_id = 's'"),
            "completed hola reloj");
}

TEST_F(SystemTest, WhatIsLeftOfADeletedCallIsNotRefusedForEver) {
  sql("alter table transcripts add constraint short check (length(content) < 10)");
  store().call_started(started("s"));
  store().turn_finished({.session_id = "s", .number = 0, .content = "demasiado larga"});
  ASSERT_TRUE(store().flush(60s));
  sql("delete from calls");
  store().turn_finished({.session_id = "s", .number = 1, .content = "hola"});
  store().call_ended({.session_id = "s", .status = "completed"});
  ASSERT_TRUE(store().flush(60s));
  EXPECT_EQ(store().status().journal.refused, 1u) << "only the one from before";
  const auto again = post("/api/v1/system/refused-records", R"({"action": "retry", "all": true})");
  EXPECT_EQ(again.json().array("done")->size(), 1u) << again.body;
  EXPECT_EQ(store().status().journal.refused, 0u);
}

TEST_F(SystemTest, AServerThatIsFullRefusesAndSaysSo) {
  Peer peer(database(), {.max_calls = 2});
  EXPECT_FALSE(peer.policy.refusal());
  peer.load.live = 2;
  const auto refused = peer.policy.refusal("en-US");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, "full");
  EXPECT_EQ(refused->spoken.substr(0, 12), "We are sorry");
}

// --- Providers -----------------------------------------------------------------

struct ProviderIncidentTest : SystemTest {
  static std::optional<ProviderHealth::Request> begin(ProviderHealth::Time now) {
    return ProviderHealth::shared().begin("groq", "chat", "https://api.groq.com/x", now);
  }
  static void fail(int times) {
    for (int i = 0; i < times; ++i)
      begin(1s)->failed({.code = ProviderError::Code::kUnavailable, .text = "HTTP 503."}, 1s);
  }
  std::vector<json::Object> incidents() {
    return get("/api/v1/incidents").json().objects("incidents");
  }
  ~ProviderIncidentTest() override { ProviderHealth::shared().reset(); }
};

TEST_F(ProviderIncidentTest, ABreakerThatOpensIsOneIncidentWhichEndsWhenItCloses) {
  ASSERT_TRUE(until([this] { return store().status().can_answer_calls; }));
  fail(4);
  EXPECT_TRUE(incidents().empty());
  fail(1);
  EXPECT_FALSE(begin(2s));
  ASSERT_TRUE(until([this] { return !incidents().empty(); }));
  const auto metrics = get("/metrics").body;
  const std::string who = R"({provider="groq",operation="chat",endpoint="api.groq.com"})";
  EXPECT_NE(metrics.find("voice_provider_breaker_state" + who + " 2"), std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find("voice_provider_requests_total" + who + " 5"), std::string::npos);
  EXPECT_NE(metrics.find("voice_provider_not_sent_total" + who + " 1"), std::string::npos);
  EXPECT_NE(metrics.find(R"(endpoint="api.groq.com",code="unavailable"} 5)"), std::string::npos);
  auto breakers = get("/api/v1/system").json().objects("breakers");
  // The process has one list of providers, to which the tests before have added.
  std::erase_if(breakers,
                [](const auto& breaker) { return breaker.string("endpoint") != "api.groq.com"; });
  ASSERT_EQ(breakers.size(), 1u);
  EXPECT_EQ(breakers[0].string("operation"), "chat");
  EXPECT_EQ(breakers[0].string("state"), "open");
  EXPECT_EQ(breakers[0].integer("not_sent"), 1);

  auto trial = begin(60s);
  ASSERT_TRUE(trial);
  trial->answered(60s + 250ms);
  trial->succeeded(61s);
  ASSERT_TRUE(until([this] { return incidents().at(0).string("ended").has_value(); }));
  ASSERT_EQ(incidents().size(), 1u);
  EXPECT_EQ(incidents()[0].string("kind"), "provider");
  EXPECT_EQ(incidents()[0].string("subject"), "groq chat api.groq.com");
  EXPECT_NE(incidents()[0].string("reason")->find("HTTP 503."), std::string::npos);
  EXPECT_NE(get("/metrics")
                .body.find("voice_provider_latency_seconds_bucket" + who.substr(0, who.size() - 1) +
                           ",le=\"0.3\"} 1"),
            std::string::npos);
}

TEST_F(ProviderIncidentTest, OneOfSeveralServersEndsWhenTheLastBreakerCloses) {
  ASSERT_TRUE(until([this] { return store().status().can_answer_calls; }));
  fail(5);
  ASSERT_TRUE(until([this] { return !incidents().empty(); }));
  const auto other = store::Store::open({.conninfo = database(), .instance = {.host = "other"}});
  ASSERT_TRUE(other->wait_until_healthy(true, 60s));
  const auto change =
      [&](const std::function<Result<bool, store::StoreError>(store::Connection&)>& statement) {
        bool done = false;
        other->change<bool>(statement, nullptr, [&](const Result<bool, store::StoreError>& result) {
          done = true;
          EXPECT_TRUE(result) << result.error().message;
        });
        ASSERT_TRUE(until([&] { return done; }));
      };
  change([&](store::Connection& connection) -> Result<bool, store::StoreError> {
    const auto raised = store::raise_incident(connection,
                                              {.kind = store::kProviderIncident,
                                               .subject = "groq chat api.groq.com",
                                               .began = std::chrono::system_clock::now(),
                                               .reason = "r",
                                               .raised_by = "other",
                                               .run = other->run()},
                                              {"other", ""});
    if (!raised)
      return Unexpected(raised.error());
    EXPECT_EQ(*raised, 0) << "it stands already";
    return true;
  });
  EXPECT_EQ(sql("select cardinality(runs) from incidents"), "2");

  begin(60s)->succeeded(61s);
  ASSERT_TRUE(until([this] { return sql("select cardinality(runs) from incidents") == "1"; }));
  EXPECT_FALSE(incidents().at(0).string("ended")) << "the other's breaker is still open";
  change([&](store::Connection& connection) {
    return store::leave_provider_incident(connection, "groq chat api.groq.com", other->run(),
                                          {"other", ""});
  });
  EXPECT_EQ(incidents().at(0).string("cleared_by"), "other");
  EXPECT_EQ(
      sql("select string_agg(actor || ' ' || action, ', ' order by id) from audit_log"),
      incidents().at(0).string("by").value_or("") + " provider.activated, other provider.cleared");
}

TEST_F(ProviderIncidentTest, ThoseOfServersThatAreGoneEndWhenOneStarts) {
  ASSERT_TRUE(until([this] { return store().status().can_answer_calls; }));
  sql("insert into instances (id, host, version, gone_at) values ('r1', 'container-1', '1', now());"
      "insert into incidents (kind, subject, reason, raised_by, runs) values "
      "('provider', 'azure synthesis x', 'r', 'container-1', '{r1}'),"
      "('provider', 'azure chat x', 'r', 'a-server-before-the-runs-were-noted', '{}'),"
      "('provider', 'groq chat y', 'r', 'container-1', '{r1," +
      store().run() + "}'), ('global_stop', '', 'r', 'container-1', '{}')");
  const auto anew =
      store::Store::open({.conninfo = database(), .instance = {.host = "container-2"}});
  ASSERT_TRUE(anew->wait_until_healthy(true, 60s));
  EXPECT_EQ(sql("select string_agg(subject || ' by ' || cleared_by, ', ' order by subject)"
                " from incidents where ended is not null"),
            "azure chat x by container-2, azure synthesis x by container-2");
}

}  // namespace
}  // namespace centralita
