// Webhooks over the API, and events delivered to a real HTTP receiver that misbehaves.
#include "plugins/base/trace_context.h"
#include "server/webhooks/webhook_signature.h"
#include "server/webhooks/webhook_url.h"
#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"
#include "tests/support/loopback_socket.h"

#include <unistd.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using test::FakeAnswer;
using test::FakeHttp;

struct Webhooks : ApiTest {
  Webhooks() : Webhooks([](Settings&) {}) {}
  explicit Webhooks(const std::function<void(Settings&)>& adjust)
      : ApiTest([&](Settings& settings) {
          settings.webhooks_allow_private = true;
          adjust(settings);
        }) {
    g_setenv("TEST_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", TRUE);
  }

  // Runs the server until `done`; false after twenty seconds.
  static bool until(const std::function<bool()>& done) {
    for (int i = 0; i < 2'000; ++i) {
      if (done())
        return true;
      for (int n = 0; n < 10; ++n) g_main_context_iteration(nullptr, FALSE);
      g_usleep(10'000);
    }
    return done();
  }

  std::int64_t add(const std::string& url, const std::string& events = R"(["call.ended"])") {
    const auto reply = post("/api/v1/webhooks", R"({"url": ")" + url + R"(", "events": )" + events +
                                                    R"(, "secret_env": "TEST_WEBHOOK_SECRET"})");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json().integer("id").value_or(0);
  }

  void call(const std::string& id, const std::string& said = "Buenas") {
    store().call_started({.session_id = id,
                          .client_type = "browser",
                          .from_number = "+525512345678",
                          .agent_name = "default",
                          .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
                          .start_time = std::chrono::system_clock::now()});
    store().turn_finished({.session_id = id,
                           .role = Role::kAgent,
                           .content = said,
                           .timestamp = std::chrono::system_clock::now()});
    store().call_ended({.session_id = id,
                        .status = "completed",
                        .end_cause = "caller-hung-up",
                        .end_time = std::chrono::system_clock::now()});
    EXPECT_TRUE(store().flush(60s));
    // As the extraction says when there is nothing to extract.
    sql("update calls set extraction_state = 'skipped'");
  }

  json::Object delivery(const std::string& query = "") {
    const auto list = get("/api/v1/webhook-deliveries" + query).json().objects("deliveries");
    return list.empty() ? json::Object() : list.front();
  }
  // All that is pending is due.
  void hurry() {
    sql("update webhook_deliveries set next_attempt = now() where state = 'pending'");
  }
};

TEST(WebhookSignature, IsThatOfTheStandard) {
  // The example of the specification.
  EXPECT_EQ(
      webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330, R"({"test": 2432232314})"),
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, ASecretThatBeginsAsTheStandardsAndIsNoBase64IsNone) {
  for (const char* good : {"", "any text", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    EXPECT_TRUE(is_webhook_secret(good)) << good;
  for (const char* bad : {"whsec_", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_no base64"})
    EXPECT_FALSE(is_webhook_secret(bad)) << bad;
}

TEST(WebhookUrl, LeadsOutsideByHttpsUnlessMoreIsAllowed) {
  EXPECT_FALSE(problem_with_webhook_url("https://example.com/hook?a=1", false));
  EXPECT_FALSE(problem_with_webhook_url("http://10.0.0.7:8080/hook", true));
  for (const char* url :
       {"http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/",
        "https://192.168.1.1/", "https://172.16.0.1/", "https://169.254.169.254/", "https://[::1]/",
        "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://100.64.0.1/",
        "https://0.0.0.0/", "https://u:p@example.com/", "https://example.com/#x",
        "ftp://example.com/", "example.com", "", "https://"})
    EXPECT_TRUE(problem_with_webhook_url(url, false)) << url;
}

TEST_F(Webhooks, AreMadeChangedAndDeletedAndMistakesAreSaid) {
  const auto id =
      std::to_string(add("https://example.com/hook", R"(["call.started","call.ended"])"));
  auto reply = request("PATCH", "/api/v1/webhooks/" + id, R"({"enabled": false})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.json().boolean("enabled"), false);
  EXPECT_EQ(reply.json().string("url"), "https://example.com/hook");
  EXPECT_EQ(get("/api/v1/webhooks").json().objects("webhooks").size(), 1u);
  for (const auto& [body, code] :
       std::map<std::string, std::string>{{R"({"url": "example.com"})", "bad-url"},
                                          {R"({"events": ["call.exploded"]})", "bad-events"},
                                          {R"({"events": []})", "bad-events"},
                                          {R"({"secret_env": "s3cret!"})", "bad-secret-env"},
                                          {R"({"enabled": "yes"})", "wrong-type"},
                                          {R"({"secret": "x"})", "unknown-member"}}) {
    reply = request("PATCH", "/api/v1/webhooks/" + id, body);
    EXPECT_EQ(reply.status, 422) << body;
    EXPECT_EQ(reply.json().object("error")->string("code"), code) << body;
  }
  EXPECT_EQ(request("DELETE", "/api/v1/webhooks/" + id).status, 200);
  EXPECT_EQ(get("/api/v1/webhooks/" + id).status, 404);
  EXPECT_EQ(post("/api/v1/webhooks/" + id + "/test").status, 404);
  EXPECT_NE(sql("select string_agg(action, ' ') from audit_log").find("webhook.deleted"),
            std::string::npos);
}

TEST_F(Webhooks, ACallThatEndsIsToldOnceSignedWithItsTranscript) {
  FakeHttp receiver;
  add(receiver.url() + "/hook", R"(["call.started","call.ended"])");
  call("s1");
  ASSERT_TRUE(until([&] { return receiver.requests() == 2; }));
  for (std::size_t n : {0u, 1u}) {
    const auto told = receiver.request(n);
    EXPECT_EQ(told.header("webhook-signature"),
              webhook_signature(g_getenv("TEST_WEBHOOK_SECRET"), told.header("webhook-id"),
                                std::stoll(told.header("webhook-timestamp")), told.body));
    const auto body = json::parse(told.body)->object();
    EXPECT_EQ(body.string("id"), told.header("webhook-id"));
    EXPECT_EQ(body.object("data")->object("call")->string("session_id"), "s1");
    const auto trace = trace_id_in(told.header("traceparent"));
    EXPECT_EQ(trace, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(body.object("data")->object("call")->string("trace_id"), trace);
    if (body.string("type") == "call.ended") {
      EXPECT_EQ(body.object("data")->object("call")->string("end_cause"), "caller-hung-up");
      EXPECT_EQ(body.object("data")->objects("transcripts").at(0).string("content"), "Buenas");
    }
  }
  ASSERT_TRUE(until([&] {
    return sql("select count(*) from webhook_deliveries where state = 'delivered'") == "2";
  }));
  // The same record once more, as after a crash, is no further event.
  sql("update calls set end_time = end_time");
  EXPECT_EQ(sql("select count(*) from webhook_deliveries"), "2");
}

TEST_F(Webhooks, AReceiverThatFailsIsAskedAgainAndThenGivenUpUntilSomebodySendsItByHand) {
  FakeHttp receiver;
  receiver.answer({.status = 500});
  receiver.answer({.status = 302, .headers = {{"Location", "http://127.0.0.1:1/"}}});
  receiver.answer({.status = 502, .end = FakeAnswer::End::kCut});
  receiver.answer({.status = 429, .headers = {{"Retry-After", "3600"}}});
  receiver.otherwise({.status = 503});
  add(receiver.url());
  call("s2");
  std::size_t seen = 0;
  const auto attempt = [&](const std::string& attempts) {
    hurry();
    ++seen;
    return until([&] { return receiver.requests() >= seen; }) && until([&] {
             return sql("select count(*) from webhook_deliveries where attempts = " + attempts +
                        " and last_error is not null") == "1" &&
                    delivery().string("last_error").has_value();
           });
  };
  ASSERT_TRUE(attempt("1"));
  EXPECT_EQ(delivery().integer("last_status"), 500);
  ASSERT_TRUE(until([&] {
    return sql("select next_attempt > now() + interval '3 seconds' from webhook_deliveries") == "t";
  }));
  ASSERT_TRUE(attempt("2"));
  ASSERT_TRUE(until([&] { return delivery().integer("last_status") == 302; }));
  ASSERT_TRUE(attempt("3"));
  ASSERT_TRUE(until([&] { return delivery().integer("last_status") == 502; }));
  ASSERT_TRUE(attempt("4"));
  ASSERT_TRUE(until([&] {
    return sql("select next_attempt > now() + interval '50 minutes' from webhook_deliveries") ==
           "t";
  }));
  sql("update webhook_deliveries set attempts = 10");
  ASSERT_TRUE(attempt("11"));
  ASSERT_TRUE(until([&] { return delivery().string("state") == "dead"; }));
  EXPECT_EQ(get("/api/v1/webhook-deliveries?state=dead").json().objects("deliveries").size(), 1u);

  receiver.otherwise({.status = 204});
  const auto id = std::to_string(*delivery().integer("id"));
  EXPECT_EQ(post("/api/v1/webhook-deliveries/" + id + "/redeliver").status, 202);
  ASSERT_TRUE(until([&] { return delivery().string("state") == "delivered"; }));
  const auto last = receiver.requests() - 1;
  EXPECT_EQ(receiver.request(0).header("webhook-id"), receiver.request(last).header("webhook-id"));
  EXPECT_EQ(receiver.request(0).body, receiver.request(last).body);
}

TEST_F(Webhooks, NothingIsSignedWithASecretThatIsNone) {
  g_setenv("TEST_WEBHOOK_SECRET", "whsec_no base64", TRUE);
  FakeHttp receiver;
  add(receiver.url());
  call("s1");
  ASSERT_TRUE(until([&] { return delivery().string("last_error").has_value(); }));
  EXPECT_NE(delivery().string("last_error")->find("no base64"), std::string::npos);
  EXPECT_EQ(receiver.requests(), 0u);
}

TEST_F(Webhooks, WhoIsNotThereIsAskedAgainWhereHeHasMovedTo) {
  int port = 0;
  {
    const test::LoopbackSocket nobody;
    port = nobody.port();
    close(nobody.descriptor);
  }
  const auto id = add("http://127.0.0.1:" + std::to_string(port) + "/calls");
  call("moved");
  ASSERT_TRUE(until([&] { return delivery().string("last_error").has_value(); }));
  EXPECT_EQ(delivery().string("state"), "pending");
  EXPECT_EQ(delivery().integer("attempts"), 1);
  EXPECT_NE(delivery().string("last_error")->find("refused"), std::string::npos)
      << *delivery().string("last_error");
  FakeHttp receiver;
  receiver.otherwise({.status = 204});
  ASSERT_EQ(request("PATCH", "/api/v1/webhooks/" + std::to_string(id),
                    R"({"url": ")" + receiver.url() + "\"}")
                .status,
            200);
  hurry();
  ASSERT_TRUE(until([&] { return delivery().string("state") == "delivered"; }));
  EXPECT_EQ(receiver.requests(), 1u);
}

TEST_F(Webhooks, OfADeletedCallNothingIsSentUntilItIsBackAndOthersDoNotWait) {
  FakeHttp receiver;
  receiver.answer({.status = 500});
  add(receiver.url());
  const auto told = [&](std::size_t n) {
    return json::parse(receiver.request(n).body)
        ->object()
        .object("data")
        ->object("call")
        ->string("session_id");
  };
  call("tried");
  ASSERT_TRUE(until([&] { return delivery().integer("last_status") == 500; }));
  call("untold");
  sql("update calls set deleted_at = now()");
  call("kept");
  hurry();
  ASSERT_TRUE(until([&] { return delivery("?state=delivered").integer("id").has_value(); }));
  EXPECT_EQ(receiver.requests(), 2u);
  EXPECT_EQ(told(1), "kept");
  EXPECT_EQ(sql("select string_agg(attempts::text, ' ' order by id) from webhook_deliveries"
                " where state = 'pending'"),
            "1 0")
      << "one that waits has not failed";

  sql("update calls set deleted_at = null where session_id = 'untold'");
  ASSERT_TRUE(until([&] { return receiver.requests() == 3; }));
  EXPECT_EQ(told(2), "untold");
}

TEST_F(Webhooks, ABodyThatCannotBePutTogetherHoldsUpOnlyItself) {
  // A rule of somebody's that one of the bodies breaks.
  sql("alter table webhook_deliveries add constraint polite check (body not like '%caramba%')");
  FakeHttp receiver;
  add(receiver.url());
  call("rude", "caramba");
  call("polite");
  ASSERT_TRUE(until([&] { return delivery("?state=delivered").integer("id").has_value(); }));
  ASSERT_TRUE(until([&] { return delivery("?state=pending").string("last_error").has_value(); }));
  const auto failed = delivery("?state=pending");
  EXPECT_NE(failed.string("last_error")->find("polite"), std::string::npos)
      << *failed.string("last_error");
  EXPECT_EQ(failed.integer("attempts"), 1);
  EXPECT_EQ(receiver.requests(), 1u);

  sql("alter table webhook_deliveries drop constraint polite");
  hurry();
  ASSERT_TRUE(until([&] { return receiver.requests() == 2; }));
  EXPECT_NE(receiver.request(1).body.find("caramba"), std::string::npos);
}

TEST_F(Webhooks, WhatArrivedOrWasGivenUpIsKeptForSomeTimeAndWhatIsTriedStays) {
  const auto id = std::to_string(add("http://127.0.0.1:1/"));
  const auto row = [&](const char* event, const char* state, const char* age) {
    sql("insert into webhook_deliveries (webhook_id, event_id, event, state, created_at,"
        " next_attempt) values (" +
        id + ", '" + event + "', 'call.ended', '" + state + "', now() - interval '" + age +
        "', now() + interval '1 day')");
  };
  row("a-old", "delivered", "31 days");
  row("b-old-dead", "dead", "31 days");
  row("c-old-pending", "pending", "31 days");
  row("d-young", "delivered", "29 days");
  row("e-dead", "dead", "1 day");
  const auto kept = [&] {
    return sql("select string_agg(event_id, ' ' order by event_id) from webhook_deliveries");
  };
  server().caretaker().clean();
  ASSERT_TRUE(until([&] { return kept() == "c-old-pending d-young e-dead"; })) << kept();
  // A dead letter that nobody needs any more goes by hand; one that is tried does not.
  const auto remove = [&](const std::string& event) {
    return request("DELETE",
                   "/api/v1/webhook-deliveries/" +
                       sql("select id from webhook_deliveries where event_id = '" + event + "'"))
        .status;
  };
  EXPECT_EQ(remove("e-dead"), 200);
  EXPECT_EQ(remove("c-old-pending"), 404);
  EXPECT_EQ(kept(), "c-old-pending d-young");
}

struct RedactedWebhooks : Webhooks {
  RedactedWebhooks() : Webhooks([](Settings& settings) { settings.redact_webhooks = true; }) {}
};

TEST_F(RedactedWebhooks, NothingPersonalIsSentAndTheHistoryKeepsIt) {
  FakeHttp receiver;
  add(receiver.url());
  call("5512345678-s", "Le marco al 55 1234 5678, ana@ejemplo.mx");
  ASSERT_TRUE(until([&] { return receiver.requests() == 1; }));
  const auto told = receiver.request(0).body;
  const auto data = *json::parse(told)->object().object("data");
  EXPECT_EQ(data.objects("transcripts").at(0).string("content"), "Le marco al [number], [e-mail]");
  EXPECT_EQ(data.object("call")->string("from"), "[number]");
  EXPECT_EQ(data.object("call")->string("session_id"), "5512345678-s") << "ids are none";
  EXPECT_EQ(data.object("call")->string("trace_id"), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(told.find("1234 5678"), std::string::npos) << told;
  EXPECT_EQ(sql("select from_number from calls"), "+525512345678");
}

TEST_F(Webhooks, OfTwoServersOneDelivers) {
  FakeHttp receiver;
  add(receiver.url());
  for (int n = 0; n < 40; ++n) call("s" + std::to_string(n));
  WebhookSender other(
      {Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()}, store(),
      {.allow_private = true});
  other.poll();
  ASSERT_TRUE(until([&] {
    return sql("select count(*) from webhook_deliveries where state = 'delivered'") == "40";
  }));
  EXPECT_EQ(receiver.requests(), 40u);
}

TEST_F(Webhooks, ATestEventIsSentAtOnceAlsoToOneThatIsOff) {
  FakeHttp receiver;
  const auto id = std::to_string(add(receiver.url()));
  request("PATCH", "/api/v1/webhooks/" + id, R"({"enabled": false})");
  EXPECT_EQ(post("/api/v1/webhooks/" + id + "/test").status, 202);
  ASSERT_TRUE(until([&] { return receiver.requests() == 1; }));
  EXPECT_EQ(json::parse(receiver.request(0).body)->object().string("type"), "test");
}

TEST_F(Webhooks, TheGlobalStopIsToldWhenItBeginsAndWhenItEnds) {
  FakeHttp receiver;
  add(receiver.url(), R"(["global_stop.activated","global_stop.cleared"])");
  EXPECT_EQ(post("/api/v1/system/stop", R"({"reason": "prueba"})").status, 200);
  ASSERT_TRUE(until([&] { return receiver.requests() == 1; }));
  EXPECT_EQ(post("/api/v1/system/resume").status, 200);
  ASSERT_TRUE(until([&] { return receiver.requests() == 2; }));
  const auto first = json::parse(receiver.request(0).body)->object();
  EXPECT_EQ(first.string("type"), "global_stop.activated");
  EXPECT_EQ(first.object("data")->string("reason"), "prueba");
  EXPECT_EQ(json::parse(receiver.request(1).body)->object().string("type"), "global_stop.cleared");
}

struct WebhooksOutside : ApiTest {};

TEST_F(WebhooksOutside, PrivateAddressesAreRefusedUnlessAllowed) {
  const auto reply =
      post("/api/v1/webhooks", R"({"url": "http://127.0.0.1:9/", "events": ["call.ended"]})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.body.find("WEBHOOKS_ALLOW_PRIVATE"), std::string::npos) << reply.body;
}

TEST_F(WebhooksOutside, TheInstancesAreListed) {
  const auto instances = get("/api/v1/instances").json().objects("instances");
  ASSERT_EQ(instances.size(), 1u);
  EXPECT_EQ(instances[0].string("state"), "ready");
  EXPECT_EQ(instances[0].boolean("self"), true);
}

}  // namespace
}  // namespace centralita
