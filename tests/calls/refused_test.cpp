// Bad input, each with what the caller is told and the log says.
#include "server/telephony/twilio_signature.h"
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

Stack& stack() {
  static auto* const shared = new Stack;
  return *shared;
}

// A WebSocket that says what it is told and remembers how it was closed.
class RawStream {
 public:
  explicit RawStream(const std::string& url, const std::string& key = "") {
    const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
    if (!key.empty())
      soup_message_headers_append(soup_message_get_request_headers(message.get()), "X-API-Key",
                                  key.c_str());
    soup_session_websocket_connect_async(
        stack().io().session(), message.get(), nullptr, nullptr, G_PRIORITY_DEFAULT, nullptr,
        [](GObject* session, GAsyncResult* result, gpointer self) noexcept {
          static_cast<RawStream*>(self)->socket_ = Ref<SoupWebsocketConnection>::adopt(
              soup_session_websocket_connect_finish(SOUP_SESSION(session), result, nullptr));
          static_cast<RawStream*>(self)->opened_ = true;
        },
        this);
    while (!opened_) g_main_context_iteration(nullptr, TRUE);
  }
  bool open() const { return bool(socket_); }
  void send(const std::string& text) {
    soup_websocket_connection_send_text(socket_.get(), text.c_str());
  }
  // "1008 media before start"
  std::string wait_for_close() {
    while (soup_websocket_connection_get_state(socket_.get()) != SOUP_WEBSOCKET_STATE_CLOSED)
      g_main_context_iteration(nullptr, TRUE);
    const char* reason = soup_websocket_connection_get_close_data(socket_.get());
    return std::to_string(soup_websocket_connection_get_close_code(socket_.get())) + " " +
           (reason ? reason : "");
  }

 private:
  Ref<SoupWebsocketConnection> socket_;
  bool opened_ = false;
};

std::string start_message(const std::string& token, const std::string& call = "CA1") {
  return json::Object()
      .set("event", "start")
      .set("start", json::Object()
                        .set("streamSid", "MZ-" + call)
                        .set("callSid", call)
                        .set("customParameters", json::Object().set("token", token)))
      .to_string();
}

constexpr char kMedia[] = R"({"event":"media","media":{"track":"inbound","payload":"//8="}})";

std::string media_stream() { return stack().ws_url() + "/api/v1/ws/media-stream"; }

std::string webhook_token(const std::string& call) {
  const auto url = stack().url() + "/api/v1/twilio/incoming-call";
  const auto signature = twilio_signature(Stack::kTwilioToken, url, {{"CallSid", call}});
  const auto twiml = stack().post(url, "CallSid=" + call, {{"X-Twilio-Signature", signature}},
                                  "application/x-www-form-urlencoded");
  EXPECT_EQ(twiml.status, 200) << twiml.body;
  const auto at = twiml.body.find("value=\"") + 7;
  return twiml.body.substr(at, twiml.body.find('"', at) - at);
}

}  // namespace

TEST(Refused, MediaBeforeStart) {
  RawStream stream(media_stream());
  stream.send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  stream.send(kMedia);
  EXPECT_EQ(stream.wait_for_close(), "1008 media before start");
}

TEST(Refused, AStreamWithoutATokenWithAWrongOneOrWithAnotherCallsToken) {
  RawStream without(media_stream());
  without.send(R"({"event":"start","start":{"streamSid":"MZ1","callSid":"CA1"}})");
  EXPECT_EQ(without.wait_for_close(), "1008 the stream has no token parameter");
  RawStream wrong(media_stream());
  wrong.send(start_message("guess"));
  EXPECT_EQ(wrong.wait_for_close(),
            "1008 the stream's token is unknown, was used before or is too old");
  RawStream other(media_stream());
  other.send(start_message(webhook_token("CA1"), "CA2"));
  EXPECT_EQ(other.wait_for_close(), "1008 the stream's token belongs to another call");
}

TEST(Refused, ATokenThatHasBeenUsed) {
  const auto token = webhook_token("CA3");
  RawStream first(media_stream());
  first.send(start_message(token, "CA3"));
  stack().server().wait_for("call MZ-CA3: state idle -> ");
  RawStream second(media_stream());
  second.send(start_message(token, "CA3"));
  EXPECT_EQ(second.wait_for_close(),
            "1008 the stream's token is unknown, was used before or is too old");
  first.send(R"({"event":"stop","stop":{}})");
  EXPECT_EQ(first.wait_for_close(), "1000 caller-hung-up");
}

TEST(Refused, ABrowserThatTakesATelephoneCallsIdForItsOwn) {
  RawStream telephone(media_stream());
  telephone.send(start_message(webhook_token("CA11"), "CA11"));
  stack().server().wait_for("call MZ-CA11: state idle -> ");
  const auto live = [] {
    const auto system = json::parse(stack().get("/api/v1/system").body)->object();
    return system.object("admission").value_or(json::Object()).integer("live").value_or(0);
  };
  const auto before = live();
  const auto start =
      stack().post(stack().url() + "/ws/simulator/v2/start", "", {{"X-API-Key", Stack::kAdminKey}});
  ASSERT_EQ(start.status, 200) << start.body;
  const auto id = json::parse(start.body)->object().string("client_id").value_or("");
  RawStream browser(stack().ws_url() + "/ws/simulator/v2/stream?client_id=" + id, Stack::kAdminKey);
  ASSERT_TRUE(browser.open());
  browser.send(R"({"event":"start","start":{"streamSid":"browser","callSid":"CA11",)"
               R"("media_format":{"encoding":"audio/pcm","sample_rate":16000,"channels":1}}})");
  stack().server().wait_for("call " + id + ": state idle -> ");
  browser.send(R"({"event":"stop","stop":{}})");
  EXPECT_EQ(browser.wait_for_close(), "1000 caller-hung-up");
  while (live() > before) g_main_context_iteration(nullptr, FALSE);
  // What hanging up says on a server without an account.
  const std::string hung_up = "call CA11: TWILIO_ACCOUNT_SID";
  EXPECT_EQ(stack().server().output().find(hung_up), std::string::npos)
      << "the telephone's line is not hung up";
  telephone.send(R"({"event":"stop","stop":{}})");
  EXPECT_EQ(telephone.wait_for_close(), "1000 caller-hung-up");
  stack().server().wait_for(hung_up);
}

TEST(Refused, AWebhookSentAgainWhenItsCallHasHadItsStream) {
  const auto url = stack().url() + "/api/v1/twilio/incoming-call";
  const auto send = [&] {
    return stack().post(
        url, "CallSid=CA9",
        {{"X-Twilio-Signature", twilio_signature(Stack::kTwilioToken, url, {{"CallSid", "CA9"}})}},
        "application/x-www-form-urlencoded");
  };
  EXPECT_EQ(send().body, send().body);  // asked twice before: the same token
  RawStream stream(media_stream());
  stream.send(start_message(webhook_token("CA9"), "CA9"));
  stack().server().wait_for("call MZ-CA9: state idle -> ");
  const auto reply = send();
  EXPECT_EQ(reply.status, 403);
  EXPECT_NE(reply.body.find("replayed"), std::string::npos) << reply.body;
  stream.send(R"({"event":"stop","stop":{}})");
  (void)stream.wait_for_close();
}

TEST(Refused, WebhooksThatAProxyNobodyTrustsSpeaksFor) {
  const auto signature =
      twilio_signature(Stack::kTwilioToken, "https://pbx.example/api/v1/twilio/incoming-call",
                       {{"CallSid", "CA10"}});
  EXPECT_EQ(stack()
                .post(stack().url() + "/api/v1/twilio/incoming-call", "CallSid=CA10",
                      {{"X-Twilio-Signature", signature},
                       {"X-Forwarded-Proto", "https"},
                       {"X-Forwarded-Host", "pbx.example"}},
                      "application/x-www-form-urlencoded")
                .status,
            403);
}

TEST(Refused, EveryWebhookOfACarrierThatIsNotConfigured) {
  EXPECT_EQ(stack().post(stack().url() + "/api/v1/telnyx/call-control", "{}").status, 403);
  for (const char* path : {"call-status", "amd", "stream-status"})
    EXPECT_EQ(stack()
                  .post(stack().url() + "/api/v1/twilio/" + path, "CallSid=CA1", {},
                        "application/x-www-form-urlencoded")
                  .status,
              403)
        << path;
}

TEST(Refused, ATenMegabyteFrameClosesTheStreamAndTheServerLivesOn) {
  RawStream stream(media_stream());
  stream.send(R"({"event":"media","media":{"payload":")" + std::string(10'000'000, 'A') + "\"}}");
  const auto closed = stream.wait_for_close();
  EXPECT_FALSE(closed.starts_with("1000")) << closed;
  stack().server().wait_for("media stream: the far end sent more than a message may hold");
  EXPECT_EQ(stack().get("/health").status, 200);
}

TEST(Refused, BrokenMessagesAreSkippedAndLoggedAndTheCallGoesOn) {
  const auto token = webhook_token("CA4");
  RawStream stream(media_stream());
  stream.send(start_message(token, "CA4"));
  stack().server().wait_for("call MZ-CA4: state idle -> ");
  stream.send(R"({"event":"media","media":{"payload":"***not base64***"}})");
  stream.send("[1,2,3]");
  stream.send("no JSON at all");
  for (int i = 0; i < 20; ++i) stream.send(kMedia);
  stack().server().wait_for("message skipped \\(1 so far\\): a media payload that is not base64");
  stack().server().wait_for("message skipped \\(2 so far\\): the message is not a JSON object");
  stream.send(R"({"event":"stop","stop":{}})");
  EXPECT_EQ(stream.wait_for_close(), "1000 caller-hung-up");
  EXPECT_EQ(stack().history("CA4").object("call")->string("status"), "completed");
}

TEST(Refused, ACallThatIsHungUpBeforeTheAgentIsThereIsInTheHistoryToo) {
  const auto token = webhook_token("CA8");
  RawStream stream(media_stream());
  stream.send(start_message(token, "CA8"));
  stream.send(R"({"event":"stop","stop":{}})");
  (void)stream.wait_for_close();
  EXPECT_EQ(stack().history("CA8").object("call")->string("end_cause"), "caller-hung-up");
}

TEST(Refused, AFloodOfBrokenMessagesEndsTheCallWithItsReason) {
  const auto token = webhook_token("CA5");
  RawStream stream(media_stream());
  stream.send(start_message(token, "CA5"));
  stack().server().wait_for("call MZ-CA5: state idle -> ");
  for (int i = 0; i < 60; ++i) stream.send("garbage");
  EXPECT_EQ(stream.wait_for_close(), "1000 malformed-stream");
}

TEST(Refused, WebhooksWithoutTheRightSignature) {
  const auto url = stack().url() + "/api/v1/twilio/incoming-call";
  const std::string form = "CallSid=CA6&From=%2B1";
  const auto form_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(stack().post(url, form, {}, form_type).status, 403);
  const auto of_other =
      twilio_signature(Stack::kTwilioToken, url, {{"CallSid", "CA7"}, {"From", "+1"}});
  EXPECT_EQ(stack().post(url, form, {{"X-Twilio-Signature", of_other}}, form_type).status, 403);
  const auto with_other_token =
      twilio_signature("54321", url, {{"CallSid", "CA6"}, {"From", "+1"}});
  const auto reply = stack().post(url, form, {{"X-Twilio-Signature", with_other_token}}, form_type);
  EXPECT_EQ(reply.status, 403);
  EXPECT_NE(reply.body.find("bad-signature"), std::string::npos);
  const auto right =
      twilio_signature(Stack::kTwilioToken, url, {{"CallSid", "CA6"}, {"From", "+1"}});
  EXPECT_EQ(stack().post(url, form, {{"X-Twilio-Signature", right}}, form_type).status, 200);
}

TEST(Refused, AStreamThatDoesNotStartInTenSeconds) {
  RawStream stream(media_stream());
  EXPECT_EQ(stream.wait_for_close(), "1008 no start message within 10 seconds");
}

TEST(Refused, TheSixthWrongKeyWithinAMinuteAndThenTheRightOneToo) {
  const auto log_in = [](const std::string& key) {
    return stack().post(stack().url() + "/login", "api_key=" + key, {},
                        "application/x-www-form-urlencoded");
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in("guess").status, 303);
  const auto refused = log_in(Stack::kAdminKey);
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.body.find("too-many-attempts"), std::string::npos) << refused.body;
}

TEST(Refused, TheApiWithoutAKeyAndWithNonsense) {
  EXPECT_EQ(stack().get("/api/v1/calls", false).status, 401);
  EXPECT_EQ(
      stack().post(stack().url() + "/ws/simulator/v2/start", "", {{"X-API-Key", "wrong"}}).status,
      401);
  EXPECT_EQ(stack().get("/api/v1/calls?limit=0").status, 400);
  EXPECT_EQ(stack().get("/api/v1/calls?cursor=nonsense").status, 400);
  EXPECT_EQ(stack().get("/api/v1/calls/999999").status, 404);
  EXPECT_EQ(stack().get("/nothing/here").status, 404);
  EXPECT_EQ(stack().get("/static/../../etc/passwd").status, 404);
  const auto key = std::pair<std::string, std::string>("X-API-Key", Stack::kAdminKey);
  EXPECT_EQ(stack().post(stack().url() + "/ws/simulator/v2/start", "[1]", {key}).status, 400);
  EXPECT_EQ(
      stack().post(stack().url() + "/ws/simulator/v2/start", R"({"agent":"nobody"})", {key}).status,
      404);
  EXPECT_EQ(stack()
                .post(stack().url() + "/ws/simulator/v2/start", std::string(2'000'000, 'x'), {key})
                .status,
            413);
}

TEST(Refused, TheSimulatorsStreamWithoutAKeyOrWithAnOldClientId) {
  RawStream stream(stack().ws_url() + "/ws/simulator/v2/stream?client_id=x");
  EXPECT_FALSE(stream.open());
}
