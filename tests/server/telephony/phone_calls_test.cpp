// What carriers tell late, twice or not at all, in unlucky orders: calls against a carrier that
// answers from a script, under a clock that only the test moves.
#include "server/telephony/phone_calls.h"
#include "tests/support/fake_http.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <thread>

using namespace centralita;
using namespace std::chrono_literals;
using test::FakeAnswer;

namespace {

constexpr char kSid[] = "AC00000000000000000000000000000001";
constexpr char kCaller[] = "CAcaller", kTarget[] = "CAtarget", kStream[] = "MZ1";

class PhoneCallsTest : public ::testing::Test, public PhoneHost, public CallObserver {
 protected:
  PhoneCallsTest() {
    g_main_context_push_thread_default(context_.get());
    io_.emplace(context_, IoContext::make_session());
    settings_.twilio = {.auth_token = "12345", .account_sid = kSid, .api_url = carrier_.url()};
    settings_.twilio.patience.retry.tries = 1;
    settings_.telnyx.public_key =
        TelnyxPublicKey::from_base64("YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=");
    settings_.telnyx.api_key = "KEY1";
    settings_.telnyx.connection_id = "42";
    settings_.telnyx.api_url = carrier_.url() + "/v2";
    settings_.telnyx.patience.retry.tries = 1;
    settings_.outbound.allowed_prefixes = {"+52"};
    calls_ = std::make_unique<PhoneCalls>(*io_, settings_, grants_, *this);
  }
  ~PhoneCallsTest() override {
    calls_.reset();
    io_.reset();
    while (g_main_context_iteration(context_.get(), FALSE)) continue;
    g_main_context_pop_thread_default(context_.get());
  }

  static FakeAnswer json(int status, const char* body, FakeAnswer::End end = {}) {
    return {.status = status, .content_type = "application/json", .chunks = {body}, .end = end};
  }
  static FakeAnswer lost() { return {.end = FakeAnswer::End::kSilent}; }

  // The carrier is another thread, which does not wake this one up.
  void until(const std::function<bool()>& done) {
    while (!done()) {
      g_main_context_iteration(context_.get(), FALSE);
      std::this_thread::yield();
    }
  }
  void until_asked(std::size_t requests) {
    until([&] { return carrier_.requests() >= requests; });
  }
  // Every command has been answered.
  void settle() {
    until([&] { return calls_->idle(); });
  }
  void pass(std::chrono::nanoseconds time) { clock_.advance(time, *timers_); }

  // An inbound Twilio call that talks to its agent.
  void begin_call() {
    const auto token =
        calls_->twilio_incoming(kCaller, "+525511111111", "+12125550100", "https://h");
    ASSERT_TRUE(token && grants_.take(*token));
    streams_.insert(kStream);
    calls_->stream_began(kStream, kCaller);
  }
  void end_stream(const std::string& session_id, const std::string& provider_id) {
    streams_.erase(session_id);
    calls_->stream_over(session_id, provider_id);
  }
  void transfer(bool warm) {
    calls_->transfer(kCaller, {.to = "+525522222222", .warm = warm},
                     [this](Result<bool, CarrierError> answer) { accepted_ = bool(answer); });
  }
  // Of the warm transfer that the n-th request dials.
  std::string tag(std::size_t n) {
    std::smatch found;
    const auto body = carrier_.request(n).body;
    return std::regex_search(body, found, std::regex("%3Ftransfer%3D([0-9a-f-]+)")) ? found[1].str()
                                                                                    : "";
  }
  // What the first request, whose answer was held, is told at last.
  void answers(const char* body) {
    carrier_.send(0, body);
    carrier_.complete(0);
  }
  // A warm transfer up to the second request, which joins the two.
  void join_without_an_answer() {
    begin_call();
    carrier_.answer(json(201, R"({"sid":"CAtarget"})"));
    carrier_.answer(lost());
    transfer(true);
    until([&] { return accepted_ == true; });
    calls_->twilio_transfer(tag(0), kTarget, "in-progress");
    until_asked(2);
  }
  std::string dial(const char* carrier) {
    const auto dialled = calls_->dial(
        {.to = "+525533333333", .from = "+12125550101", .carrier = carrier}, "https://h");
    EXPECT_TRUE(dialled) << dialled.error().text;
    return dialled->session_id;
  }
  bool hangs_up(std::size_t n, const std::string& id) {
    const auto request = carrier_.request(n);
    return request.path.ends_with("/Calls/" + id + ".json") && request.body == "Status=completed";
  }

  // PhoneHost
  void order_stream(const std::string& session_id, StreamOrder order) override {
    if (order.kind == StreamOrder::Kind::kEnd && streams_.contains(session_id))
      ended_as_.push_back(order.cause);
  }
  bool has_stream(const std::string& session_id) override { return streams_.contains(session_id); }
  CallObserver& observer() override { return *this; }
  void correct_end(const CallEnded& end) override { ends_.push_back("no, " + end.end_cause); }
  void note_recording(const RecordingNote&) override {}
  void set_call_status(const std::string&, const std::string&) override {}
  std::optional<policy::Refusal> refusal(const std::string&) override { return std::nullopt; }
  bool sends_calls_elsewhere() override { return false; }
  // CallObserver
  void call_started(const CallStarted&) override {}
  void turn_finished(const TurnFinished&) override {}
  void call_ended(const CallEnded& end) override { ends_.push_back(end.end_cause); }
  void call_event(const CallEvent& event) override { events_.push_back(event.name); }

  FakeClock clock_;
  Ref<GMainContext> context_ = Ref<GMainContext>::adopt(g_main_context_new());
  std::shared_ptr<TimerQueue> timers_ = TimerQueue::manual(clock_, context_.get());
  std::optional<IoContext> io_;
  test::FakeHttp carrier_;
  CarrierSettings settings_;
  StreamGrants grants_;
  std::set<std::string> streams_;
  std::vector<std::string> ended_as_, events_, ends_;
  std::optional<bool> accepted_;
  std::unique_ptr<PhoneCalls> calls_;
};

using Events = std::vector<std::string>;

}  // namespace

TEST_F(PhoneCallsTest, WhoWasConnectedBeforeTheAnswerToDiallingThemIsNotHungUp) {
  begin_call();
  carrier_.answer(json(201, "", FakeAnswer::End::kHold));
  carrier_.answer(json(200, R"({"sid":"CAcaller"})"));
  transfer(true);
  until_asked(1);
  calls_->twilio_transfer(tag(0), kTarget, "in-progress");
  until([&] { return events_ == Events{"transfer", "transfer-connected"}; });
  EXPECT_EQ(accepted_, true);
  end_stream(kStream, kCaller);
  answers(R"({"sid":"CAtarget"})");
  settle();
  EXPECT_EQ(carrier_.requests(), 2u);
}

TEST_F(PhoneCallsTest, WhoIsCalledOffWhileBeingDialledIsHungUp) {
  begin_call();
  carrier_.answer(json(201, "", FakeAnswer::End::kHold));
  transfer(true);
  until_asked(1);
  calls_->twilio_status(kCaller, "completed", "");
  EXPECT_EQ(accepted_, false);
  answers(R"({"sid":"CAtarget"})");
  settle();
  ASSERT_EQ(carrier_.requests(), 2u);
  EXPECT_TRUE(hangs_up(1, kTarget));
}

TEST_F(PhoneCallsTest, TheLostAnswerToAJoinDoesNotPartTwoWhoTalk) {
  join_without_an_answer();
  end_stream(kStream, kCaller);  // as the carrier moves the call
  pass(9s);
  settle();
  EXPECT_EQ(events_, (Events{"transfer", "transfer-connected"}));
  EXPECT_EQ(carrier_.requests(), 2u);
}

TEST_F(PhoneCallsTest, AJoinThatWasNotDoneIsAFailureAndTheOtherPartyIsHungUp) {
  join_without_an_answer();
  pass(9s);  // and the caller's stream goes on
  settle();
  EXPECT_EQ(events_, (Events{"transfer", "transfer-failed"}));
  ASSERT_EQ(carrier_.requests(), 3u);
  EXPECT_TRUE(hangs_up(2, kTarget));
}

TEST_F(PhoneCallsTest, AStreamThatBeginsOutlivesTheLostAnswerToDialling) {
  carrier_.answer(lost());
  const auto session = dial("twilio");
  until_asked(1);
  streams_.insert(session);
  calls_->stream_began(session, "CAdialled");
  pass(9s);
  settle();
  EXPECT_EQ(ended_as_, Events());
  EXPECT_EQ(ends_, Events());
  end_stream(session, "CAdialled");
  until_asked(2);
  EXPECT_TRUE(hangs_up(1, "CAdialled"));
  settle();
}

TEST_F(PhoneCallsTest, ADialledCallOfWhichNothingIsHeardFailsWithItsAnswer) {
  carrier_.answer(lost());
  dial("twilio");
  until_asked(1);
  pass(9s);
  settle();
  EXPECT_EQ(ends_, Events{"carrier-timeout"});
}

TEST_F(PhoneCallsTest, ACallWhoseTransferFailsAfterItsStreamIsHungUp) {
  begin_call();
  carrier_.answer(json(400, "", FakeAnswer::End::kHold));
  transfer(false);
  until_asked(1);
  end_stream(kStream, kCaller);
  answers(R"({"code":21212,"message":"no"})");
  until_asked(2);
  settle();
  EXPECT_EQ(events_, (Events{"transfer", "transfer-failed"}));
  EXPECT_TRUE(hangs_up(1, kCaller));
}

TEST_F(PhoneCallsTest, ATransferWhoseAnswerIsLostIsOneWhenTheCarrierEndedTheStream) {
  begin_call();
  carrier_.answer(lost());
  transfer(false);
  until_asked(1);
  end_stream(kStream, kCaller);
  pass(9s);
  settle();
  EXPECT_EQ(events_, Events{"transfer"});
  EXPECT_EQ(accepted_, true);
  EXPECT_EQ(carrier_.requests(), 1u);
}

TEST_F(PhoneCallsTest, ACallerWhoHangsUpWhileTheTransferIsCommandedHasHungUp) {
  begin_call();
  carrier_.answer(json(404, "", FakeAnswer::End::kHold));
  transfer(false);
  until_asked(1);
  end_stream(kStream, kCaller);  // which tells of a transfer
  answers(R"({"code":20404,"message":"not found"})");
  settle();
  EXPECT_EQ(events_, (Events{"transfer", "transfer-failed"}));
  EXPECT_EQ(ends_, Events{"no, caller-hung-up"});
  EXPECT_EQ(carrier_.requests(), 1u);
}

TEST_F(PhoneCallsTest, ATransferredCallIsAskedAboutAndAnOperatorMayHangItUp) {
  begin_call();
  carrier_.answer(json(200, R"({"sid":"CAcaller"})"));
  transfer(false);
  until([&] { return accepted_ == true; });
  end_stream(kStream, kCaller);
  carrier_.answer(json(200, R"({"sid":"CAcaller","status":"in-progress"})"));
  pass(121s);
  until_asked(2);
  settle();
  EXPECT_EQ(carrier_.request(1).method, "GET");
  EXPECT_TRUE(calls_->hang_up(kCaller));
  until_asked(3);
  settle();
  EXPECT_TRUE(hangs_up(2, kCaller));
}

TEST_F(PhoneCallsTest, AHangUpThatFailedIsGivenAgainToACallThatLives) {
  begin_call();
  carrier_.answer(json(500, "{}"));
  carrier_.answer(json(200, R"({"sid":"CAcaller","status":"in-progress"})"));
  end_stream(kStream, kCaller);
  until_asked(1);
  settle();
  pass(121s);
  until_asked(3);
  settle();
  EXPECT_TRUE(hangs_up(0, kCaller));
  EXPECT_TRUE(hangs_up(2, kCaller));
}

TEST_F(PhoneCallsTest, NoStreamBeginsForACallThatIsBeingHungUp) {
  carrier_.answer(json(201, R"({"sid":"CAdialled"})"));
  const auto session = dial("twilio");
  until_asked(1);
  settle();
  std::smatch token;
  const auto body = carrier_.request(0).body;
  ASSERT_TRUE(std::regex_search(body, token, std::regex("token%22%20value%3D%22([^%]+)%22")))
      << body;
  EXPECT_TRUE(calls_->hang_up(session));
  EXPECT_FALSE(grants_.take(token[1].str()));
  EXPECT_EQ(ends_, Events{"operator-hung-up"});
  until_asked(2);
  settle();
}

TEST_F(PhoneCallsTest, ALineOfNobodysIsHungUpThoughAnotherCallWasBeingDialledMeanwhile) {
  carrier_.answer(json(200, "", FakeAnswer::End::kHold));
  dial("telnyx");
  until_asked(1);
  calls_->telnyx_event({.id = "e1", .type = "streaming.stopped", .call_control_id = "v3:orphan"},
                       "https://h");
  answers(R"({"data":{"call_control_id":"v3:dialled"}})");
  settle();
  carrier_.answer(json(200, R"({"data":{"is_alive":true}})"));
  pass(6s);
  until_asked(3);
  settle();
  EXPECT_TRUE(carrier_.request(1).path.ends_with("/calls/v3:orphan"));
  EXPECT_TRUE(carrier_.request(2).path.ends_with("/calls/v3:orphan/actions/hangup"));
}

TEST_F(PhoneCallsTest, AnEndThatIsQuickerThanTheAnswerToDiallingIsTheCalls) {
  carrier_.answer(json(201, "", FakeAnswer::End::kHold));
  dial("twilio");
  until_asked(1);
  calls_->twilio_status("CAdialled", "busy", "");
  answers(R"({"sid":"CAdialled"})");
  settle();
  EXPECT_EQ(ends_, Events{"busy"});
}
