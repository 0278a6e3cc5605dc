// The carriers' clients against a server that answers from a script.
#include "server/telephony/telnyx_carrier.h"
#include "server/telephony/twilio_carrier.h"
#include "server/telephony/twilio_signature.h"
#include "tests/support/fake_http.h"

#include <gtest/gtest.h>

using namespace centralita;
using test::FakeAnswer;

namespace {

constexpr char kSid[] = "AC00000000000000000000000000000001";
constexpr char kOk[] = R"({"data":{"result":"ok"}})";

struct CarrierTest : ::testing::Test {
  IoContext io{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
  test::FakeHttp server;
  TwilioCarrier twilio{io, {.auth_token = "12345", .account_sid = kSid, .api_url = server.url()}};
  TelnyxCarrier telnyx{io,
                       {.api_key = "KEY1", .connection_id = "42", .api_url = server.url() + "/v2"}};

  template <typename T>
  Result<T, CarrierError> wait(
      const std::function<void(std::function<void(Result<T, CarrierError>)>)>& command) {
    std::optional<Result<T, CarrierError>> result;
    command([&](Result<T, CarrierError> answer) { result.emplace(std::move(answer)); });
    while (!result) g_main_context_iteration(nullptr, TRUE);
    return *result;
  }
  void answer(int status, const char* body) {
    server.answer({.status = status, .content_type = "application/json", .chunks = {body}});
  }
};

std::multimap<std::string, std::string> form(const test::FakeRequest& request) {
  return form_parameters(request.body);
}

std::string value(const test::FakeRequest& request, const char* name) {
  const auto fields = form(request);
  const auto found = fields.find(name);
  return found == fields.end() ? "(none)" : found->second;
}

}  // namespace

TEST_F(CarrierTest, TwilioDialsWithInlineTwimlAndAsynchronousDetection) {
  answer(201, R"({"sid":"CA1","status":"queued"})");
  const auto id = wait<std::string>([&](auto done) {
    twilio.dial({.session_id = "s",
                 .from = "+12125550100",
                 .to = "+525512345678",
                 .base_url = "https://pbx.example",
                 .stream_token = "tok",
                 .machine_detection = MachineDetection::kMessageEnd},
                done);
  });
  ASSERT_TRUE(id) << id.error().text;
  EXPECT_EQ(*id, "CA1");
  const auto request = server.request(0);
  EXPECT_EQ(request.path, std::string("/2010-04-01/Accounts/") + kSid + "/Calls.json");
  EXPECT_EQ(request.header("authorization"),
            "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMToxMjM0NQ==");
  EXPECT_EQ(value(request, "To"), "+525512345678");
  EXPECT_EQ(value(request, "MachineDetection"), "DetectMessageEnd");
  EXPECT_EQ(value(request, "AsyncAmd"), "true");
  EXPECT_EQ(value(request, "StatusCallback"), "https://pbx.example/api/v1/twilio/call-status");
  EXPECT_EQ(form(request).count("StatusCallbackEvent"), 4u);
  const auto twiml = value(request, "Twiml");
  EXPECT_NE(twiml.find("wss://pbx.example/api/v1/ws/media-stream"), std::string::npos) << twiml;
  EXPECT_NE(twiml.find("value=\"tok\""), std::string::npos);
  EXPECT_LT(twiml.size(), 4000u);
}

TEST_F(CarrierTest, ADialWhoseFateIsUnknownIsNotRepeatedByTwilio) {
  answer(503, "");
  const auto id = wait<std::string>(
      [&](auto done) { twilio.dial({.to = "+1", .base_url = "https://h"}, done); });
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, CarrierError::Code::kUnavailable);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_F(CarrierTest, ADialThatWasNotExecutedIsRepeated) {
  answer(429, R"({"code":20429,"message":"Too many concurrent requests","status":429})");
  answer(201, R"({"sid":"CA2"})");
  EXPECT_EQ(*wait<std::string>(
                [&](auto done) { twilio.dial({.to = "+1", .base_url = "https://h"}, done); }),
            "CA2");
}

TEST_F(CarrierTest, TelnyxRepeatsADialWithTheSameCommandId) {
  answer(500, "");
  answer(200, R"({"data":{"call_control_id":"v3:abc","is_alive":false}})");
  const auto id = wait<std::string>([&](auto done) {
    telnyx.dial({.session_id = "session-1",
                 .from = "+1",
                 .to = "+2",
                 .base_url = "https://pbx.example",
                 .stream_token = "tok",
                 .client_state = "a\"b",
                 .machine_detection = MachineDetection::kDetect},
                done);
  });
  ASSERT_TRUE(id) << id.error().text;
  EXPECT_EQ(*id, "v3:abc");
  const auto first = server.request(0), second = server.request(1);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(first.header("authorization"), "Bearer KEY1");
  const auto body = json::parse(first.body)->object();
  EXPECT_EQ(body.string("command_id"), "session-1");
  EXPECT_EQ(body.string("client_state"), "YSJi");
  EXPECT_EQ(body.string("stream_bidirectional_mode"), "rtp");
  EXPECT_EQ(body.string("stream_bidirectional_target_legs"), "both");
  EXPECT_EQ(body.integer("stream_bidirectional_sampling_rate"), 8000);
  EXPECT_EQ(body.string("stream_auth_token"), "tok");
  EXPECT_EQ(body.string("answering_machine_detection"), "detect");
}

TEST_F(CarrierTest, ACommandsCallIdIsOneSegmentOfThePath) {
  answer(200, kOk);
  EXPECT_TRUE(wait<bool>([&](auto done) { telnyx.answer("v3:a/b?c", "https://h/w", done); }));
  EXPECT_EQ(server.request(0).path, "/v2/calls/v3:a/b?c/actions/answer");  // decoded
}

TEST_F(CarrierTest, HangingUpACallThatIsOverIsNoError) {
  answer(422, R"({"errors":[{"code":"90018","title":"Call has already ended"}]})");
  EXPECT_TRUE(wait<bool>([&](auto done) { telnyx.hang_up("v3:a", done); }));
  answer(404, R"({"code":20404,"message":"not found","status":404})");
  EXPECT_TRUE(wait<bool>([&](auto done) { twilio.hang_up("CA1", done); }));
  EXPECT_EQ(value(server.request(1), "Status"), "completed");
}

TEST_F(CarrierTest, AnAnswerThatDoesNotComeIsAskedForAgainWhereThatIsSafe) {
  answer(502, "");
  answer(200, kOk);
  EXPECT_TRUE(wait<bool>([&](auto done) { telnyx.hang_up("v3:a", done); }));
  EXPECT_EQ(server.request(0).body, server.request(1).body);  // the same command_id
}

TEST_F(CarrierTest, WithoutCredentialsNothingIsSent) {
  TelnyxCarrier without(io, {.api_url = server.url()});
  const auto result = wait<bool>([&](auto done) { without.hang_up("v3:a", done); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text,
            "TELNYX_API_KEY is not set on this server, so telnyx cannot be told to hang-up.");
  EXPECT_EQ(server.requests(), 0u);
}

TEST_F(CarrierTest, WhetherACallIsAliveIsAsked) {
  answer(200, R"({"data":{"is_alive":true}})");
  EXPECT_EQ(*wait<bool>([&](auto done) { telnyx.is_alive("v3:a", done); }), true);
  answer(404, R"({"errors":[{"code":"10005"}]})");
  EXPECT_EQ(*wait<bool>([&](auto done) { telnyx.is_alive("v3:a", done); }), false);
  answer(200, R"({"sid":"CA1","status":"completed"})");
  EXPECT_EQ(*wait<bool>([&](auto done) { twilio.is_alive("CA1", done); }), false);
  EXPECT_EQ(server.request(2).method, "GET");
}

TEST_F(CarrierTest, ATransferShowsTheNumberThatWasCalled) {
  answer(200, "{}");
  EXPECT_TRUE(wait<bool>([&](auto done) { twilio.transfer("CA1", "+1<2", "+3", done); }));
  EXPECT_NE(value(server.request(0), "Twiml")
                .find("<Dial callerId=\"+3\"><Number>+1&lt;2</Number></Dial>"),
            std::string::npos);
  answer(200, kOk);
  EXPECT_TRUE(wait<bool>([&](auto done) { telnyx.transfer("v3:a", "+12", "+3", done); }));
  EXPECT_EQ(json::parse(server.request(1).body)->object().string("to"), "+12");
}
