// Calls that a crash or a lost webhook left behind: closed in the history, and at the carrier.
#include "server/telephony/open_calls.h"
#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"

#include <set>

namespace centralita {
namespace {

class NoStreams final : public PhoneHost {
 public:
  explicit NoStreams(store::Store& store) : store_(store) {}
  void order_stream(const std::string&, StreamOrder) override {}
  bool has_stream(const std::string&) override { return false; }
  CallObserver& observer() override { return store_; }
  void correct_end(const CallEnded& end) override { store_.call_ended(end); }
  void note_recording(const RecordingNote& note) override { store_.record(note); }
  void set_call_status(const std::string&, const std::string&) override {}
  std::optional<policy::Refusal> refusal(const std::string&) override { return std::nullopt; }
  bool sends_calls_elsewhere() override { return false; }

 private:
  store::Store& store_;
};

class OpenCallsTest : public ApiTest {
 protected:
  OpenCallsTest() {
    settings_.twilio.auth_token = "12345";
    settings_.twilio.account_sid = "AC00000000000000000000000000000001";
    settings_.twilio.api_url = carrier_.url();
    settings_.telnyx.api_key = "KEY1";
    settings_.telnyx.api_url = carrier_.url() + "/v2";
  }
  void insert(const std::string& id, const std::string& client_type, const std::string& provider_id,
              const std::string& age, const std::string& end = "") {
    sql("insert into calls (session_id, client_type, provider_call_id, status, start_time, "
        "end_time, "
        "end_cause) values ('" +
        id + "', '" + client_type + "', '" + provider_id + "', '" +
        (end.empty() ? "active" : "failed") + "', now() - interval '" + age + "', " +
        (end.empty() ? "null, null" : "now(), '" + end + "'") + ")");
  }
  std::string row(const std::string& id) {
    store().flush(std::chrono::seconds(5));
    return sql("select status || ' ' || coalesce(end_cause, '-') from calls where session_id = '" +
               id + "'");
  }
  // Until the carrier has been asked so often, and a moment longer.
  void wait_for_requests(std::size_t number) {
    for (int i = 0; i < 3000 && carrier_.requests() < number; ++i) turn();
    for (int i = 0; i < 100; ++i) turn();
    EXPECT_EQ(carrier_.requests(), number);
  }
  static void turn() {
    if (!g_main_context_iteration(nullptr, FALSE))
      g_usleep(1'000);
  }
  void answer(int status, const char* body) {
    carrier_.answer({.status = status, .content_type = "application/json", .chunks = {body}});
  }
  void always_answer(const char* body) {
    carrier_.otherwise({.status = 200, .content_type = "application/json", .chunks = {body}});
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < carrier_.requests(); ++i) {
      const auto request = carrier_.request(i);
      all.push_back(request.method + " " + request.path.substr(request.path.rfind("/calls/") + 1));
    }
    return all;
  }

  test::FakeHttp carrier_;
  CarrierSettings settings_;
  IoContext io_{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
  StreamGrants grants_;
  NoStreams host_{store()};
};

TEST_F(OpenCallsTest, ACallThatItsCarrierHasNoMoreIsClosedWithItsCauseAndOneThatGoesOnIsLeft) {
  insert("one", "telnyx", "v3:one", "10 minutes");
  insert("two", "telnyx", "v3:two", "9 minutes");
  insert("three", "telnyx", "v3:three", "8 minutes");
  insert("young", "telnyx", "v3:young", "1 minute");
  insert("browser", "browser", "", "10 minutes");
  settings_.telnyx.patience.retry.tries = 1;
  answer(500, "");
  answer(200, R"({"data":{"is_alive":true}})");
  answer(404, R"({"errors":[{"code":"10005"}]})");
  PhoneCalls calls(io_, settings_, grants_, host_);
  OpenCalls open(io_, calls, store());
  open.sweep();
  wait_for_requests(3);
  // All are asked at once, and any may be first: unsure is the first answer, alive the second, and
  // over the third.
  const auto order = asked();
  ASSERT_EQ(order.size(), 3u);
  const auto id = [&](std::size_t i) { return order[i].substr(order[i].find("v3:") + 3); };
  for (int i = 0; i < 1000 && row(id(2)) == "active -"; ++i) turn();
  EXPECT_EQ(row(id(0)), "active -");
  EXPECT_EQ(row(id(1)), "active -");
  EXPECT_EQ(row(id(2)), "failed lost-webhook");
  EXPECT_EQ(row("young"), "active -");
  EXPECT_EQ(row("browser"), "active -");
  EXPECT_NE(
      sql("select error from calls where session_id = '" + id(2) + "'").find("Its carrier says"),
      std::string::npos);
}

TEST_F(OpenCallsTest, OfMoreThanAreAskedAboutAtOnceEachHasItsTurn) {
  for (int n = 10; n < 35; ++n)
    insert(std::to_string(n), "telnyx", "v3:" + std::to_string(n), "10 minutes");
  always_answer(R"({"data":{"is_alive":true}})");
  PhoneCalls calls(io_, settings_, grants_, host_);
  OpenCalls open(io_, calls, store());
  open.sweep();
  wait_for_requests(20);
  open.sweep();
  wait_for_requests(40);
  const auto all = asked();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 25u);
}

TEST_F(OpenCallsTest, TwilioIsAskedTheSame) {
  insert("over", "twilio", "CAover", "10 minutes");
  answer(200, R"({"sid":"CAover","status":"completed"})");
  PhoneCalls calls(io_, settings_, grants_, host_);
  OpenCalls open(io_, calls, store());
  open.sweep();
  wait_for_requests(1);
  for (int i = 0; i < 1000 && row("over") == "active -"; ++i) turn();
  EXPECT_EQ(carrier_.request(0).path,
            "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls/CAover.json");
  EXPECT_EQ(row("over"), "failed lost-webhook");
}

TEST_F(OpenCallsTest, TheLinesOfADeadServerAreHungUpOnceAndThoseOfOneThatMayLiveAreNot) {
  insert("cut", "telnyx", "v3:cut", "3 minutes", "server-restarted");
  insert("lost", "telnyx", "v3:lost", "3 minutes", "instance-lost");
  insert("ended", "telnyx", "v3:ended", "3 minutes", "caller-hung-up");
  insert("old", "telnyx", "v3:old", "5 hours", "server-restarted");
  always_answer(R"({"data":{"result":"ok"}})");
  PhoneCalls calls(io_, settings_, grants_, host_);
  OpenCalls open(io_, calls, store());
  open.sweep();
  wait_for_requests(1);
  open.sweep();
  wait_for_requests(1);
  EXPECT_EQ(asked(), (std::vector<std::string>{"POST calls/v3:cut/actions/hangup"}));
  // The other one has been gone for long.
  sql("insert into instances (id, host, version, started_at, gone_at) values "
      "('gone', 'h', '1', now() - interval '1 hour', now() - interval '11 minutes')");
  sql("update calls set instance = 'gone' where session_id = 'lost'");
  open.sweep();
  wait_for_requests(2);
  EXPECT_EQ(asked().back(), "POST calls/v3:lost/actions/hangup");
}

TEST_F(OpenCallsTest, ALineThatOnlyTelnyxKnowsOfIsHungUp) {
  answer(200, R"({"data":{"is_alive":true}})");
  answer(200, R"({"data":{"result":"ok"}})");
  PhoneCalls calls(io_, settings_, grants_, host_);
  TelnyxEvent event{.id = "e1", .type = "streaming.stopped", .call_control_id = "v3:orphan"};
  calls.telnyx_event(event, "https://h");
  calls.telnyx_event(event, "https://h");
  // One of which the end is heard meanwhile is not asked about.
  event.call_control_id = "v3:ends";
  calls.telnyx_event(event, "https://h");
  event.type = "call.hangup";
  calls.telnyx_event(event, "https://h");
  for (int i = 0; i < 10'000 && carrier_.requests() < 2; ++i) turn();
  wait_for_requests(2);
  EXPECT_EQ(asked(), (std::vector<std::string>{"GET calls/v3:orphan",
                                               "POST calls/v3:orphan/actions/hangup"}));
}

TEST_F(OpenCallsTest, ARecordingThatIsToldOfLongAfterTheCallIsItsOwnAllTheSame) {
  insert("talked", "telnyx", "v3:talked", "3 minutes", "caller-hung-up");
  PhoneCalls calls(io_, settings_, grants_, host_);
  calls.telnyx_event({.id = "e1",
                      .type = "call.recording.saved",
                      .call_control_id = "v3:talked",
                      .recording_id = "rec-7"},
                     "https://h");
  store().flush(std::chrono::seconds(5));
  EXPECT_EQ(sql("select origin || ' ' || state || ' ' || reference from recordings"),
            "carrier complete rec-7");
}

}  // namespace
}  // namespace centralita
