#include "server/live/live_calls.h"
#include "server/media_stream/audio_tap.h"
#include "tests/server/api/support.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

void run_pending() {
  while (g_main_context_iteration(nullptr, FALSE)) {
  }
}

CallStarted started(const std::string& session, int at_second = 0) {
  return {.session_id = session,
          .client_type = "twilio",
          .from_number = "+525512345678",
          .to_number = "+525587654321",
          .agent_name = "Ventas",
          .start_time = WallTime(std::chrono::seconds(1'777'636'800 + at_second))};
}

class LiveCallsTest : public ::testing::Test {
 protected:
  LiveCalls calls_{
      IoContext(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session())};
};

TEST_F(LiveCallsTest, CallIsThereFromItsBeginningToItsEndWithItsLastWords) {
  calls_.call_started(started("a"));
  calls_.call_started(started("b", 5));
  calls_.call_event({.session_id = "a", .name = "state", .detail = "listening -> processing"});
  calls_.turn_finished(
      {.session_id = "a", .number = 0, .role = Role::kCaller, .content = "quiero una cita"});
  calls_.clause("a", 1, "Con gusto.");
  calls_.clause("a", 1, "¿Para qué día?");
  run_pending();
  const auto list = calls_.list();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].string("session_id"), "b");
  EXPECT_EQ(list[1].string("state"), "processing");
  EXPECT_EQ(list[1].string("last_user"), "quiero una cita");
  EXPECT_EQ(list[1].string("last_agent"), "Con gusto. ¿Para qué día?");
  EXPECT_EQ(calls_.detail("a")->objects("transcripts")[1].boolean("partial"), true);

  // What was heard takes the place of what was going to be said.
  calls_.turn_finished({.session_id = "a",
                        .number = 1,
                        .role = Role::kAgent,
                        .content = "Con gusto.",
                        .generated = "Con gusto. ¿Para qué día?",
                        .interrupted = true,
                        .timings = {.response = 620}});
  run_pending();
  const auto turns = calls_.detail("a")->objects("transcripts");
  ASSERT_EQ(turns.size(), 2u);
  EXPECT_EQ(turns[1].string("content"), "Con gusto.");
  EXPECT_EQ(turns[1].boolean("interrupted"), true);
  EXPECT_EQ(calls_.list()[1].integer("response_ms"), 620);

  calls_.call_ended({.session_id = "a", .status = "completed"});
  run_pending();
  EXPECT_EQ(calls_.list().size(), 1u);
  EXPECT_FALSE(calls_.detail("a"));
}

TEST_F(LiveCallsTest, WhoWasAwayForAMomentGetsWhatItMissedAndNotTwice) {
  std::vector<std::string> heard;
  auto slot = calls_.subscribe([&](const LiveCalls::Event& event) { heard.push_back(event.name); });
  calls_.call_started(started("a"));
  run_pending();
  slot.reset();
  const auto last = calls_.newest();
  calls_.turn_finished({.session_id = "a", .number = 0, .content = "hola"});
  calls_.call_ended({.session_id = "a", .status = "completed", .end_cause = "idle"});
  run_pending();
  EXPECT_EQ(heard, std::vector<std::string>{"call"});
  const auto missed = calls_.since(last);
  ASSERT_TRUE(missed);
  ASSERT_EQ(missed->size(), 2u);
  EXPECT_EQ((*missed)[0].name, "turn");
  EXPECT_EQ((*missed)[1].name, "ended");
  EXPECT_EQ(json::parse((*missed)[1].data)->object().string("end_cause"), "idle");
  EXPECT_FALSE(calls_.since(last + 99)) << "of another life";
}

TEST_F(LiveCallsTest, LongAbsenceIsNotMadeGood) {
  auto slot = calls_.subscribe([](const LiveCalls::Event&) {});
  calls_.call_started(started("a"));
  run_pending();
  const auto first = calls_.newest();
  for (int n = 0; n < 2'100; ++n)
    calls_.turn_finished({.session_id = "a", .number = n, .content = "x"});
  run_pending();
  EXPECT_FALSE(calls_.since(first));
  EXPECT_TRUE(calls_.since(calls_.newest() - 10));
}

TEST(AudioTap, TenthsOfASecondOfEachSideAndTheAgentsRestWithTheCallers) {
  std::string log;
  AudioTap tap({.began = [&](WireFormat, WireFormat) { log += "began "; },
                .deliver =
                    [&](AudioTap::Side side, std::vector<std::uint8_t> audio) {
                      log += (side == AudioTap::Side::kCaller ? "c" : "a") +
                             std::to_string(audio.size()) + " ";
                    },
                .cleared = [&] { log += "clear "; },
                .ended = [&] { log += "ended"; }});
  tap.begin({}, {.encoding = WireFormat::Encoding::kPcm, .rate = 16'000});
  const std::vector<std::uint8_t> frame(160), agent(640);
  for (int n = 0; n < 4; ++n) tap.caller_audio(frame, 0ns, 0ns);
  tap.agent_audio(agent, 0ns);
  EXPECT_EQ(log, "began ");
  tap.caller_audio(frame, 0ns, 0ns);
  EXPECT_EQ(log, "began c800 a640 ");
  tap.agent_audio(agent, 0ns);
  tap.cleared(0ns);
  tap.caller_audio(frame, 0ns, 0ns);
  tap.ended(0ns);
  EXPECT_EQ(log, "began c800 a640 clear c160 ended");
}

class LiveApi : public ApiTest {};

TEST_F(LiveApi, CallsOfOtherInstancesAreListedAsSuch) {
  sql("insert into calls (session_id, client_type, start_time) values"
      " ('theirs', 'twilio', now()), ('of last week', 'twilio', now() - interval '7 days')");
  const auto answer = get("/api/v1/live-calls").json();
  const auto calls = answer.objects("calls");
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].string("session_id"), "theirs");
  EXPECT_EQ(calls[0].boolean("elsewhere"), true);
  EXPECT_EQ(answer.boolean("complete"), true);
  EXPECT_EQ(get("/api/v1/live-calls/theirs").status, 404);
  EXPECT_EQ(get("/api/v1/live-calls/theirs/audio").status, 404);
}

TEST_F(LiveApi, StreamBeginsWithAResetAndStaysOpen) {
  const auto answer =
      raw("GET /api/v1/live-calls/stream HTTP/1.1\r\nHost: x\r\nX-API-Key: " + std::string(kKey) +
              "\r\n\r\n",
          500ms);
  EXPECT_NE(answer.find("text/event-stream"), std::string::npos) << answer;
  EXPECT_NE(answer.find("event: reset"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("...")) << "it was closed: " << answer;
  const auto refused = raw("GET /api/v1/live-calls/stream HTTP/1.1\r\nHost: x\r\n\r\n", 500ms);
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 401")) << refused;
}

}  // namespace
}  // namespace centralita
