// Two servers on one database: an order to a call is carried out wherever the call is.
#include "plugins/base/trace_context.h"
#include "server/live/call_orders.h"
#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

// The one that is asked. The other one has the carrier's account, and so the calls.
class Orders : public ApiTest {
 protected:
  Orders() {
    carrier_.otherwise({.status = 201,
                        .content_type = "application/json",
                        .chunks = {R"({"sid":"CA0123456789abcdef0123456789abcdef"})"}});
    auto store = store::Store::open({.conninfo = database(), .instance = {.host = "other"}});
    EXPECT_TRUE(store->wait_until_healthy(true, 60s)) << store->status().last_error;
    other_store_ = store.get();
    Settings settings;
    settings.port = 0;
    settings.shards = 1;
    settings.admin_api_key = kKey;
    settings.web_dir = "none";
    settings.data_dir = other_data_.path();
    settings.pipelines_dir = std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/pipelines";
    settings.carriers.twilio = {.auth_token = "12345",
                                .account_sid = "AC0123456789abcdef0123456789abcdef",
                                .api_url = carrier_.url(),
                                .from_number = "+525500000000"};
    settings.carriers.outbound.allowed_prefixes = {"+52"};
    other_ = std::make_unique<Server>(std::move(settings), std::move(store));
    EXPECT_TRUE(other_->listen());
    EXPECT_TRUE(until([&] {
      return this->store().listener().connected() && other_store_->listener().connected() &&
             sql("select count(*) from instances where instance_lives(slot)") == "2";
    }));
  }
  ~Orders() override {
    other_.reset();
    while (g_main_context_iteration(nullptr, FALSE)) {
    }
  }

  static bool until(const std::function<bool()>& so) {
    for (int i = 0; i < 3'000; ++i) {
      if (so())
        return true;
      for (int n = 0; n < 10; ++n) g_main_context_iteration(nullptr, FALSE);
      g_usleep(5'000);
    }
    return false;
  }

  // A call that the other server places, as soon as the history has it.
  std::string dial(const std::string& traceparent = "") {
    Headers headers = {{"X-API-Key", kKey}};
    if (!traceparent.empty()) {
      headers.emplace_back("traceparent", traceparent);
      headers.emplace_back("tracestate", "congo=t61rcWkgMzE, rojo=00f067aa0ba902b7");
    }
    const auto placed =
        request_of(*other_, "POST", "/api/v1/calls", R"({"to":"+525512345678"})", headers);
    EXPECT_EQ(placed.status, 202) << placed.body;
    const auto id = placed.json().string("session_id").value_or("");
    EXPECT_TRUE(until([&] {
      return sql("select count(*) from calls where provider_call_id is not null and session_id = "
                 "'" +
                 id + "'") == "1";
    }));
    return id;
  }
  Reply steer(const std::string& id, const std::string& order) {
    return post("/api/v1/live-calls/" + id, order);
  }

  test::FakeHttp carrier_;
  TemporaryFolder other_data_;
  store::Store* other_store_ = nullptr;
  std::unique_ptr<Server> other_;
};

TEST_F(Orders, NobodyIsRungForAnAgentThatThereIsNot) {
  const auto placed =
      request_of(*other_, "POST", "/api/v1/calls", R"({"to":"+525512345678","agent":"Vitcoria"})",
                 {{"X-API-Key", kKey}});
  EXPECT_EQ(placed.status, 422);
  EXPECT_EQ(placed.json().object("error")->string("code"), "no-such-agent");
  EXPECT_NE(placed.body.find("Vitcoria"), std::string::npos);
  EXPECT_EQ(carrier_.requests(), 0u);
}

TEST_F(Orders, ReachTheCallOfAnotherServerAndItsAnswerComesBack) {
  const auto id = dial();
  const auto wrong = steer(id, R"({"action":"dance"})");
  EXPECT_EQ(wrong.status, 422) << wrong.body;
  EXPECT_NE(wrong.body.find("hang-up, transfer or dtmf"), std::string::npos) << wrong.body;

  const auto keys =
      steer("CA0123456789abcdef0123456789abcdef", R"({"action":"dtmf","digits":"12"})");
  EXPECT_EQ(keys.status, 422) << "by the carrier's id";
  EXPECT_NE(keys.body.find("Twilio has no command"), std::string::npos) << keys.body;

  // What is said in it is where it is.
  EXPECT_EQ(get("/api/v1/live-calls").json().objects("calls").at(0).boolean("elsewhere"), true);
  const auto detail = get("/api/v1/live-calls/" + id);
  EXPECT_EQ(detail.status, 409) << detail.body;
  EXPECT_NE(detail.body.find("on the server other"), std::string::npos) << detail.body;

  // A queued call has no conversation yet that could be told anything.
  EXPECT_EQ(post("/api/v1/calls/" + id + "/context", R"({"note":"x"})").status, 404);

  EXPECT_EQ(steer(id, R"({"action":"hang-up"})").status, 200);
  EXPECT_TRUE(until([&] { return sql("select end_cause from calls") == "operator-hung-up"; }));
  EXPECT_EQ(sql("select count(*) from call_orders"), "0") << "nothing of them stays";
  EXPECT_EQ(steer(id, R"({"action":"hang-up"})").status, 404) << "it is over";
}

TEST_F(Orders, ToACallOfNobodysOrOfAServerThatIsGoneAreRefusedAtOnce) {
  EXPECT_EQ(steer("no-such-call", R"({"action":"hang-up"})").status, 404);
  EXPECT_EQ(post("/api/v1/calls/no-such-call/context", R"({"note":"x"})").status, 404);
  sql("insert into instances (id, host, version) values ('gone', 'host-that-burnt', '0');"
      "insert into calls (session_id, instance, status) values ('orphan', 'gone', 'active')");
  const auto orphan = steer("orphan", R"({"action":"hang-up"})");
  EXPECT_EQ(orphan.status, 404);
  EXPECT_EQ(orphan.json().object("error")->string("code"), "instance-lost");
  EXPECT_NE(orphan.body.find("host-that-burnt"), std::string::npos) << orphan.body;
}

TEST_F(Orders, ATraceIsTheAnnouncingRequestsOrOneOfTheCallsOwn) {
  const auto given = dial(std::string("00-") + kTrace + "-00f067aa0ba902b7-01");
  EXPECT_EQ(sql("select trace_id from calls where session_id = '" + given + "'"), kTrace);
  const auto placed = carrier_.request(0);
  EXPECT_EQ(trace_id_in(placed.header("traceparent")), kTrace) << "the carrier is told";
  EXPECT_EQ(placed.header("tracestate"), "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
  EXPECT_EQ(steer(given, R"({"action":"hang-up"})").status, 200);
  EXPECT_EQ(trace_id_in(carrier_.request(1).header("traceparent")), kTrace) << "of the end as well";
  for (const char* none : {"", "00-nonsense"}) {
    const auto own = dial(none);
    const auto trace = sql("select trace_id from calls where session_id = '" + own + "'");
    EXPECT_EQ(trace_id_in("00-" + trace + "-00f067aa0ba902b7-01"), trace) << trace;
    EXPECT_NE(trace, kTrace);
    EXPECT_EQ(carrier_.request(carrier_.requests() - 1).header("tracestate"), "");
    EXPECT_EQ(get("/api/v1/calls/" + sql("select id from calls where session_id = '" + own + "'"))
                  .json()
                  .object("call")
                  ->string("trace_id"),
              trace);
  }
}

}  // namespace
}  // namespace centralita
