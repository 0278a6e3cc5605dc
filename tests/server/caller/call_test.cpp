// Whole calls over real sockets. The frames' pace is a clock that the test moves, so that a call of
// half a minute takes as long as its messages do.
#include "plugins/base/base64.h"
#include "server/caller/caller.h"
#include "server/caller/load.h"
#include "server/caller/twilio_webhook.h"
#include "tests/server/caller/fake_agent.h"
#include "tests/server/caller/mulaw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace centralita;
using namespace centralita::caller;
using namespace std::chrono_literals;

namespace {

struct CallTest : ::testing::Test {
  CallTest() {
    g_main_context_push_thread_default(context.get());
    io.emplace(context, IoContext::make_session());
    agent = std::make_unique<FakeAgent>();
    plan->way = CallPlan::Way::kStream;
    plan->url = agent->ws_url("/stream");
  }
  ~CallTest() override {
    call.reset();
    agent.reset();
    while (g_main_context_iteration(context.get(), FALSE)) {
    }
    io.reset();
    g_main_context_pop_thread_default(context.get());
  }

  // A second: a tone between two silences of 100 ms.
  void say_with(std::string_view steps) {
    plan->script = *parse_script_text(steps);
    Clip clip{.samples = std::vector<std::int16_t>(static_cast<std::size_t>(plan->rate_hz()))};
    const auto edge = clip.samples.size() / 10;
    const auto words = tone(0.8, plan->rate_hz(), 700);
    std::copy(words.begin(), words.end(), clip.samples.begin() + static_cast<std::ptrdiff_t>(edge));
    clip.voiced = find_voiced(clip.samples, plan->rate_hz());
    for (const auto& file : plan->script.files())
      plan->clips[file] = std::make_shared<const Clip>(clip);
  }

  void start() {
    call = std::make_unique<Caller>(
        *io, plan, [this](CallReport r) { report = std::move(r); }, timers);
    call->start();
  }

  // Moves the clock by a frame and lets everything that follows from it happen.
  void step() {
    clock.advance(20ms, *timers);
    while (g_main_context_iteration(context.get(), FALSE)) {
    }
  }

  const CallReport& run() {
    start();
    for (int i = 0; !report; ++i) step();
    return *report;
  }

  std::vector<json::Object> sent(const std::string& event) const {
    std::vector<json::Object> found;
    for (const auto& text : agent->messages)
      if (const auto object = json::parse(text)->object(); object.string("event") == event)
        found.push_back(object);
    return found;
  }

  // How many media messages the caller had sent before its nth message of `event`.
  std::vector<int> frames_before(const std::string& event) const {
    std::vector<int> frames;
    int count = 0;
    for (const auto& text : agent->messages) {
      const auto name = json::parse(text)->object().string("event");
      count += name == "media";
      if (name == event)
        frames.push_back(count);
    }
    return frames;
  }

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<IoContext> io;
  FakeClock clock;
  std::shared_ptr<TimerQueue> timers = TimerQueue::manual(clock);
  std::unique_ptr<FakeAgent> agent;
  std::shared_ptr<CallPlan> plan = std::make_shared<CallPlan>();
  std::unique_ptr<Caller> call;
  std::optional<CallReport> report;
};

}  // namespace

TEST_F(CallTest, TheMessagesAreTwiliosInOrderAndWithoutAGap) {
  plan->parameters = {{"token", "abc"}};
  say_with("wait-greeting; say a.wav; wait-reply; dtmf 5");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  ASSERT_GT(agent->messages.size(), 100u);
  EXPECT_EQ(agent->messages[0], R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  EXPECT_EQ(sent("start")[0].object("start")->object("customParameters")->string("token"), "abc");
  for (std::size_t i = 1; i < agent->messages.size(); ++i)
    ASSERT_EQ(json::parse(agent->messages[i])->object().string("sequenceNumber"),
              std::to_string(i));
  const auto media = sent("media");
  for (std::size_t i = 0; i < media.size(); ++i) {
    const auto body = *media[i].object("media");
    ASSERT_EQ(body.string("chunk"), std::to_string(i + 1));
    ASSERT_EQ(body.string("timestamp"), std::to_string(20 * i));
    std::vector<std::uint8_t> bytes;
    ASSERT_TRUE(base64_decode(*body.string("payload"), bytes));
    ASSERT_EQ(bytes.size(), 160u);
  }
  EXPECT_EQ(media.size(), result.frames_sent);
  EXPECT_EQ(sent("dtmf").size(), 1u);
  EXPECT_EQ(json::parse(agent->messages.back())->object().string("event"), "stop");
  EXPECT_EQ(agent->close_code, SOUP_WEBSOCKET_CLOSE_NORMAL);
  EXPECT_FALSE(result.ended_by_agent);
  // One frame every 20 ms of the call, neither more nor fewer; the last one is the hang-up's.
  EXPECT_NEAR(result.duration_ms, 20.0 * static_cast<double>(media.size() + 1), 25);
}

TEST_F(CallTest, AMarkComesBackWhenItsAudioHasBeenPlayedThoughItWasSentAllAtOnce) {
  agent->greeting_seconds = 2;
  say_with("wait-greeting; hang-up");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  ASSERT_EQ(result.marks.size(), 1u);
  EXPECT_LT(result.marks[0].received_ms, 60);
  EXPECT_NEAR(*result.marks[0].echoed_ms, 2020, 60);
  EXPECT_FALSE(result.marks[0].cleared);
  EXPECT_NEAR(frames_before("mark")[0], 101, 3);
}

TEST_F(CallTest, TheResponseTimeIsTheAgentsWaitAndWhatIsHeardIsWhatItSent) {
  say_with("wait-greeting; say a.wav; wait-reply");
  plan->keep_audio = true;
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  ASSERT_EQ(result.turns.size(), 2u);
  const auto& turn = result.turns[1];
  EXPECT_NEAR(turn.caller->last_voiced_ms - turn.caller->first_voiced_ms, 800, 5);
  // Ten frames of silence, of which the first may be the one that the words end in.
  EXPECT_NEAR(*turn.response_ms, 200, 30);
  EXPECT_NEAR(turn.audio_ms, 800, 20);
  EXPECT_NEAR(*turn.heard_response_ms, *turn.response_ms, 25);
  EXPECT_NEAR(*turn.heard_to_ms - *turn.heard_from_ms, 800, 25);

  // What was said comes back through mu-law, sample for sample, where the report says.
  const auto at = static_cast<std::size_t>(*turn.heard_from_ms * 8);
  const auto words = tone(0.8, 8000, 700);
  ASSERT_LE(at + words.size(), result.heard.size());
  const auto said_at = static_cast<std::size_t>(turn.caller->first_voiced_ms / 20) * 160;
  for (std::size_t i = 0; i < 6000; ++i)
    ASSERT_EQ(result.heard[at + i], mulaw_decode(mulaw_encode(result.said[said_at + i]))) << i;
  // Silence where nothing was played.
  EXPECT_TRUE(std::all_of(result.heard.begin() + static_cast<std::ptrdiff_t>(at - 800),
                          result.heard.begin() + static_cast<std::ptrdiff_t>(at),
                          [](std::int16_t sample) { return sample == 0; }));
  EXPECT_NEAR(static_cast<double>(result.heard.size()), result.duration_ms * 8, 400);
}

TEST_F(CallTest, AClearStopsTheAgentAndEchoesItsMarks) {
  agent->reply_seconds = 5;
  say_with("wait-greeting; say a.wav; barge-in 1.5 b.wav; wait-reply");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  ASSERT_EQ(result.clears.size(), 1u);
  const auto& turns = result.turns;
  ASSERT_EQ(turns.size(), 3u);
  EXPECT_TRUE(turns[2].caller->barge_in);
  // The clip has 100 ms before its words; the agent clears at the first voiced frame.
  EXPECT_NEAR(result.clears[0].at_ms, *turns[1].heard_from_ms + 1600, 60);
  EXPECT_NEAR(result.clears[0].dropped_ms, 5000 - 1600, 60);
  EXPECT_EQ(result.clears[0].marks, 1u);
  ASSERT_EQ(result.marks.size(), 3u);
  EXPECT_TRUE(result.marks[1].cleared);
  EXPECT_EQ(*result.marks[1].echoed_ms, result.clears[0].at_ms);
  EXPECT_FALSE(result.marks[2].cleared);
  EXPECT_LT(*turns[2].talked_over_ms, 60);
  EXPECT_NEAR(*turns[2].response_ms, 200, 30);
  EXPECT_NEAR(*turns[2].heard_to_ms - *turns[2].heard_from_ms, 5000, 40);
}

TEST_F(CallTest, ViolationsOfTheProtocolAreCountedAndTheCallGoesOn) {
  agent->on_start = [](FakeAgent& self) {
    self.send_text("nonsense");
    self.send_text(R"({"event":"clear","streamSid":"MZ0"})");
    self.send_text(R"({"event":"song","streamSid":")" + self.stream_sid() + "\"}");
    self.send_text(R"({"event":"clear","streamSid":")" + self.stream_sid() + R"(","extra":1})");
    self.send_binary("x");
    self.send_audio(tone(0.2, 8000));
  };
  say_with("wait-greeting 0.5");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  EXPECT_EQ(result.violation_count, 5u);
  EXPECT_EQ(result.violations[4], "a binary message (31950)");
  EXPECT_EQ(result.clears.size(), 1u);  // the one with a field too many
}

TEST_F(CallTest, AnAgentThatHangsUpBeforeTheScriptIsOverIsAFailure) {
  agent->hang_up_after_replies = 1;
  say_with("wait-greeting; say a.wav; wait-reply; say a.wav");
  const auto& result = run();
  EXPECT_EQ(result.failure_kind, "agent-hung-up");
  EXPECT_EQ(result.failure,
            "the agent ended the call (close code 1000) in step 3 of 5 (wait-reply)");
  EXPECT_TRUE(result.answered);
  EXPECT_TRUE(result.ended_by_agent);
}

TEST_F(CallTest, AnAgentThatHangsUpWhereItIsWaitedForIsANormalEnd) {
  agent->hang_up_after_replies = 1;
  say_with("wait-greeting; say a.wav; wait-end");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  EXPECT_TRUE(result.ended_by_agent);
  EXPECT_EQ(result.close_code, SOUP_WEBSOCKET_CLOSE_NORMAL);
}

TEST_F(CallTest, AnAbnormalCloseIsAFailureEvenWhereTheEndIsWaitedFor) {
  agent->hang_up_after_replies = 1;
  agent->hang_up_code = SOUP_WEBSOCKET_CLOSE_SERVER_ERROR;
  say_with("wait-greeting; say a.wav; wait-end");
  EXPECT_EQ(run().failure_kind, "connection-lost");
}

TEST_F(CallTest, AnAgentThatNeverSpeaksIsATimeOutWithItsStep) {
  agent->greeting_seconds = 0;
  plan->player.timeout = 3s;
  say_with("wait-greeting");
  const auto& result = run();
  EXPECT_EQ(result.failure_kind, "step-timeout");
  EXPECT_EQ(result.failure,
            "step 1 of 2 (wait-greeting): the agent did not begin to speak within 3 s");
  EXPECT_EQ(sent("stop").size(), 1u);  // it hangs up all the same
}

TEST_F(CallTest, ACallThatDoesNotEndIsEndedAtItsLongest) {
  plan->max_duration = 2s;
  say_with("wait 60");
  const auto& result = run();
  EXPECT_EQ(result.failure_kind, "too-long");
  EXPECT_EQ(result.frames_sent, 101u);
}

TEST_F(CallTest, AStreamThatIsNotThereIsRefused) {
  plan->url = agent->ws_url("/elsewhere");
  say_with("wait 1");
  const auto& result = run();
  EXPECT_EQ(result.failure_kind, "stream-refused");
  EXPECT_NE(result.failure.find("404"), std::string::npos) << result.failure;
  EXPECT_FALSE(result.answered);
}

TEST_F(CallTest, APortWhereNobodyListensIsRefused) {
  plan->url = agent->ws_url("/stream");
  agent.reset();
  say_with("wait 1");
  EXPECT_EQ(run().failure_kind, "stream-refused");
  agent = std::make_unique<FakeAgent>();
}

TEST_F(CallTest, TheWebhookIsPostedAndSignedAndItsTwimlFollowed) {
  plan->way = CallPlan::Way::kWebhook;
  plan->url = agent->http_url("/incoming");
  plan->signed_url = "https://public.example/incoming";
  plan->auth_token = "12345";
  agent->twiml = "<?xml version=\"1.0\"?><Response><Connect><Stream url=\"" +
                 agent->ws_url("/stream") +
                 "\"><Parameter name=\"token\" value=\"t1\"/></Stream></Connect></Response>";
  say_with("wait-greeting");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  EXPECT_EQ(agent->form["CallSid"], result.call_sid);
  EXPECT_EQ(agent->form["From"], plan->from);
  EXPECT_EQ(agent->form["CallStatus"], "ringing");
  EXPECT_EQ(agent->form["Direction"], "inbound");
  const Parameters fields(agent->form.begin(), agent->form.end());
  EXPECT_EQ(agent->webhook_signature,
            twilio_signature("12345", "https://public.example/incoming", fields));
  EXPECT_EQ(agent->stream_signature, twilio_signature("12345", agent->ws_url("/stream"), {}));
  const auto start = *sent("start")[0].object("start");
  EXPECT_EQ(start.string("callSid"), result.call_sid);
  EXPECT_EQ(start.object("customParameters")->string("token"), "t1");
  EXPECT_EQ(result.webhook->status, 200);
}

TEST_F(CallTest, AStreamMayBeReachedElsewhereThanItsTwimlSays) {
  plan->way = CallPlan::Way::kWebhook;
  plan->url = agent->http_url("/incoming");
  plan->stream_at = agent->ws_url("/stream");
  agent->twiml =
      "<Response><Connect><Stream url=\"wss://public.example/media\"/></Connect></Response>";
  say_with("wait-greeting");
  EXPECT_TRUE(run().ok());
}

TEST_F(CallTest, AWebhookThatRefusesOrRejectsIsReportedAsThat) {
  plan->way = CallPlan::Way::kWebhook;
  plan->url = agent->http_url("/incoming");
  say_with("wait 1");
  agent->webhook_status = 403;
  EXPECT_EQ(run().failure_kind, "http-403");
  EXPECT_EQ(agent->webhook_signature, "");  // there is no token

  report.reset();
  agent->webhook_status = 200;
  agent->twiml = "<Response><Reject reason=\"busy\"/></Response>";
  EXPECT_EQ(run().failure, "the call was not connected to a stream: rejected: busy");

  report.reset();
  agent->twiml = "<Response>";
  EXPECT_EQ(run().failure_kind, "twiml");
  EXPECT_EQ(agent->streams, 0);
}

TEST_F(CallTest, TheSimulatorIsStartedWithTheKeyAndSpeaksAt16KiloHertz) {
  plan->way = CallPlan::Way::kSimulator;
  plan->url = agent->http_url("/");
  plan->admin_key = "secret";
  plan->agent = "ana";
  say_with("wait-greeting; say a.wav; wait-reply");
  const auto& result = run();
  EXPECT_TRUE(result.ok()) << result.failure;
  EXPECT_EQ(agent->api_key, "secret");
  EXPECT_EQ(agent->stream_api_key, "secret");
  EXPECT_EQ(agent->start_body, R"({"agent":"ana"})");
  EXPECT_EQ(result.rate_hz, 16000);
  ASSERT_EQ(result.transcripts.size(), 1u);
  EXPECT_EQ(result.transcripts[0].text, "words");
  EXPECT_NEAR(*result.turns[1].response_ms, 200, 30);
  EXPECT_EQ(result.end_cause, "caller-hung-up");
  EXPECT_EQ(json::parse(agent->messages[0])->object().object("start")->string("streamSid"), "id 1");
  EXPECT_EQ(agent->messages.back(), R"({"event":"stop"})");
}

TEST_F(CallTest, HangingUpInTheMiddleSendsStop) {
  say_with("wait 60");
  start();
  while (agent->messages.size() < 20) step();
  call->hang_up();
  while (!report) step();
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(sent("stop").size(), 1u);
}

TEST_F(CallTest, ACallerThatIsDestroyedClosesItsStreamAndSaysNothing) {
  say_with("wait 60");
  start();
  while (agent->messages.size() < 20) step();
  call.reset();
  while (agent->open_streams > 0) step();
  EXPECT_FALSE(report);
}

TEST_F(CallTest, ACallerMayBeDestroyedByItsOwnReport) {
  say_with("wait 0.1");
  call = std::make_unique<Caller>(
      *io, plan,
      [this](CallReport r) {
        call.reset();
        report = std::move(r);
      },
      timers);
  call->start();
  while (!report) step();
  EXPECT_TRUE(report->ok());
}

TEST_F(CallTest, TheTimelineIsJsonWithTheTurnsMarksAndClears) {
  say_with("wait-greeting; say a.wav; wait-reply");
  const auto document = json::parse(to_json(run()));
  ASSERT_TRUE(document) << document.error();
  const auto timeline = document->object();
  EXPECT_EQ(timeline.boolean("ok"), true);
  EXPECT_EQ(timeline.array("turns")->size(), 2u);
  EXPECT_TRUE(timeline.array("turns")->objects()[1].number("response_ms"));
  EXPECT_EQ(timeline.array("marks")->size(), 2u);
  EXPECT_EQ(timeline.integer("violation_count"), 0);
  EXPECT_NE(to_text(*report).find("turn 1"), std::string::npos);
}

// Real time, at eight times its pace; the agent runs in this thread and the calls in theirs.
TEST_F(CallTest, ManyCallsAreCarriedByAFewThreads) {
  plan->speed = 8;
  agent->clear_on_speech = false;
  agent->on_start = [](FakeAgent& self) { self.send_text("{}"); };
  say_with("wait 1; hang-up");
  LoadReport load;
  std::atomic<bool> done = false;
  std::thread caller_thread([&] {
    load = place_calls(plan, {.calls = 6, .threads = 2, .ramp = 100ms});
    done = true;
    g_main_context_wakeup(context.get());
  });
  while (!done) g_main_context_iteration(context.get(), TRUE);
  caller_thread.join();
  ASSERT_EQ(load.calls.size(), 6u);
  EXPECT_EQ(agent->streams, 6);
  for (const auto& call_report : load.calls) {
    EXPECT_TRUE(call_report.ok()) << call_report.failure;
    EXPECT_EQ(call_report.frames_sent, 50u);
    EXPECT_EQ(call_report.violation_count, 1u);
  }
  EXPECT_NE(to_text(load).find("answered 6, failed 0"), std::string::npos) << to_text(load);
}
