// Whole calls over whole carriers: their REST API, their signed webhooks and their media streams,
// inbound and outbound, with everything delivered twice.
#include "plugins/law/g711.h"
#include "server/caller/simulated_telnyx.h"
#include "server/caller/simulated_twilio.h"
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <algorithm>
#include <cmath>
#include <csignal>
#include <sstream>
#include <thread>

using namespace centralita;
using namespace centralita::caller;

namespace {

constexpr char kCallee[] = "+525512345678";

struct World {
  IoContext io{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
  SimulatedTelnyx telnyx{io};
  SimulatedTwilio twilio{io, Stack::kTwilioToken};
  Stack stack;

  explicit World(const char* codec)
      : stack({{"TELNYX_PUBLIC_KEY", telnyx.public_key()},
               {"TELNYX_API_KEY", SimulatedTelnyx::kApiKey},
               {"TELNYX_API_URL", telnyx.url() + "/v2"},
               {"TELNYX_CONNECTION_ID", SimulatedTelnyx::kConnection},
               {"TELNYX_FROM_NUMBER", "+12125550100"},
               {"TELNYX_CODEC", codec},
               {"TWILIO_ACCOUNT_SID", SimulatedTwilio::kAccount},
               {"TWILIO_API_URL", twilio.url()},
               {"TWILIO_FROM_NUMBER", "+12125550101"},
               {"OUTBOUND_ALLOWED_PREFIXES", "+52"}}) {
    for (SimulatedCarrier* carrier : carriers()) {
      carrier->server_url = stack.url();
      carrier->repeat_webhooks = true;
    }
  }
  std::vector<SimulatedCarrier*> carriers() { return {&telnyx, &twilio}; }
};

World& world() {
  static auto* const shared = new World("PCMU");
  return *shared;
}

std::shared_ptr<CallPlan> plan(World& world, const std::string& script, const std::string& from,
                               int rate_hz = 8000) {
  auto plan = world.stack.plan(script, CallPlan::Way::kWebhook, "default", rate_hz);
  plan->from = from;
  return plan;
}

void wait_until(const std::function<bool()>& done) {
  while (!done()) g_main_context_iteration(nullptr, TRUE);
}

std::string said(World& world, const CarrierCall& call) {
  std::string all =
      ::testing::PrintToString(call.commands) + ::testing::PrintToString(call.violations) + "\n";
  if (call.streamed)
    all += to_text(call.report);
  return all + world.stack.server().output();
}

long count(const std::vector<std::string>& items, const std::string& item) {
  return std::count(items.begin(), items.end(), item);
}

const char* name_of(SimulatedCarrier* carrier) {
  return carrier == &world().telnyx ? "telnyx" : "twilio";
}

// Places a call through the API and waits until the carrier has seen its end.
struct Outbound {
  CarrierCall call;
  json::Object history;
};

Outbound place(SimulatedCarrier* carrier, Callee::Kind kind, const std::string& script,
               const std::string& voicemail = "") {
  auto& stack = world().stack;
  carrier->callee = {.kind = kind, .plan = plan(world(), script, kCallee)};
  std::optional<CarrierCall> call;
  carrier->on_outbound = [&](CarrierCall done) { call = std::move(done); };
  const auto reply = stack.post(stack.url() + "/api/v1/calls",
                                std::string(R"({"to":")") + kCallee + R"(","carrier":")" +
                                    name_of(carrier) + R"(","client_state":"lead 7 <&>")" +
                                    (voicemail.empty() ? "" : ",\"voicemail\":" + voicemail) + "}",
                                {{"X-API-Key", Stack::kAdminKey}});
  EXPECT_EQ(reply.status, 202) << reply.body;
  wait_until([&] { return call.has_value(); });
  auto history = stack.history(call->id);
  return {std::move(*call), std::move(history)};
}

}  // namespace

TEST(Carriers, InboundConversationsAreHeardInEveryCodecAndHungUpOnce) {
  auto& telnyx = world().telnyx;
  telnyx.call_codecs["+525500000002"] = {.kind = TelnyxCodec::Kind::kPcma};
  std::vector<std::pair<const char*, CarrierCall>> done;
  const std::string script = "wait-greeting; say es/queue-thankyou; wait-reply; hang-up";
  telnyx.call(plan(world(), script, "+525500000001"),
              [&](CarrierCall call) { done.emplace_back("telnyx PCMU", std::move(call)); });
  telnyx.call(plan(world(), script, "+525500000002"),
              [&](CarrierCall call) { done.emplace_back("telnyx PCMA", std::move(call)); });
  world().twilio.call(plan(world(), script, "+525500000003"),
                      [&](CarrierCall call) { done.emplace_back("twilio", std::move(call)); });
  wait_until([&] { return done.size() == 3; });
  for (const auto& [name, call] : done) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(call.report.ok()) << said(world(), call);
    EXPECT_TRUE(call.violations.empty()) << said(world(), call);
    EXPECT_EQ(call.report.violation_count, 0u);
    EXPECT_LE(count(call.commands, "hangup"), 1);
    const auto history = world().stack.history(call.id);
    EXPECT_EQ(history.object("call")->string("status"), "completed");
    EXPECT_EQ(history.object("call")->string("end_cause"), "caller-hung-up");
    const auto lines = lines_of(history);
    ASSERT_EQ(lines.size(), 3u) << history.to_string();
    EXPECT_EQ(lines[1], "user: Muchas gracias por su paciencia.");
  }
  for (const auto& webhook : telnyx.webhooks) EXPECT_TRUE(webhook.ends_with(" 200")) << webhook;
}

TEST(Carriers, WideBandIsHeardInTheByteOrderOfTheStream) {
  World wide("L16");
  wide.telnyx.l16_big_endian = true;
  std::optional<CarrierCall> call;
  wide.telnyx.call(plan(wide, "wait-greeting; say es/queue-thankyou; wait-reply; hang-up",
                        "+525500000004", 16000),
                   [&](CarrierCall done) { call = std::move(done); });
  wait_until([&] { return call.has_value(); });
  EXPECT_TRUE(call->violations.empty()) << said(wide, *call);
  EXPECT_EQ(call->report.rate_hz, 16000);
  EXPECT_EQ(lines_of(wide.stack.history(call->id)).at(1), "user: Muchas gracias por su paciencia.");
}

TEST(Carriers, AnOperatorHangsUpAndTheLineIsDead) {
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    std::optional<CarrierCall> call;
    carrier->call(plan(world(), "wait-for-agent; wait-end", "+525500000005"),
                  [&](CarrierCall done) { call = std::move(done); });
    auto& stack = world().stack;
    std::string id;
    wait_until([&] {  // until it is in the history, live
      const auto list = json::parse(stack.get("/api/v1/calls?limit=1").body)->object();
      for (const auto& entry : list.objects("calls"))
        if (entry.string("status") == "active" && entry.string("from") == "+525500000005")
          id = entry.string("provider_call_id").value_or("");
      return !id.empty();
    });
    const auto reply = stack.post(stack.url() + "/api/v1/live-calls/" + id,
                                  R"({"action":"hang-up"})", {{"X-API-Key", Stack::kAdminKey}});
    EXPECT_EQ(reply.status, 200) << reply.body;
    wait_until([&] { return call.has_value(); });
    EXPECT_EQ(call->end, "server") << said(world(), *call);
    EXPECT_TRUE(call->violations.empty()) << said(world(), *call);
    EXPECT_EQ(stack.history(id).object("call")->string("end_cause"), "operator-hung-up");
  }
  EXPECT_EQ(world()
                .stack
                .post(world().stack.url() + "/api/v1/live-calls/nobody", R"({"action":"hang-up"})",
                      {{"X-API-Key", Stack::kAdminKey}})
                .status,
            404);
}

TEST(Carriers, ATransferGoesToTheCarrierAndIsNotHungUp) {
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    std::optional<CarrierCall> call;
    auto& stack = world().stack;
    const std::string from = carrier == &world().telnyx ? "+525500000006" : "+525500000007";
    carrier->call(plan(world(), "wait-for-agent; wait-end", from),
                  [&](CarrierCall done) { call = std::move(done); });
    std::string id;
    wait_until([&] {
      const auto list = json::parse(stack.get("/api/v1/calls?limit=5").body)->object();
      for (const auto& entry : list.objects("calls"))
        if (entry.string("status") == "active" && entry.string("from") == from)
          id = entry.string("provider_call_id").value_or("");
      return !id.empty();
    });
    const auto reply = stack.post(stack.url() + "/api/v1/live-calls/" + id,
                                  R"({"action":"transfer","to":"+525587654321"})",
                                  {{"X-API-Key", Stack::kAdminKey}});
    EXPECT_EQ(reply.status, 200) << reply.body;
    wait_until([&] { return call.has_value(); });
    EXPECT_EQ(call->transferred_to, "+525587654321") << said(world(), *call);
    EXPECT_EQ(count(call->commands, "hangup"), 0);
  }
}

TEST(Carriers, APersonWhoIsCalledIsGreetedAtOnceAndTheCallIsInTheHistory) {
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    const auto result =
        place(carrier, Callee::Kind::kPerson, "wait-greeting; hang-up", R"({"action":"hang-up"})");
    EXPECT_TRUE(result.call.report.ok()) << said(world(), result.call);
    EXPECT_TRUE(result.call.violations.empty()) << said(world(), result.call);
    const auto call = *result.history.object("call");
    EXPECT_EQ(call.string("direction"), "outbound");
    EXPECT_EQ(call.string("to"), kCallee);
    EXPECT_EQ(call.string("status"), "completed");
    ASSERT_FALSE(result.call.report.turns.empty());
    // The greeting had begun before anybody knew who had answered.
    EXPECT_LT(result.call.report.turns[0].heard_from_ms.value_or(99999), 1000);
  }
}

TEST(Carriers, AMachineGetsItsMessageAfterTheBeep) {
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    const auto result = place(
        carrier, Callee::Kind::kMachine, "silence 1; wait-end",
        R"({"action":"leave-message","message":"Hola, le llamamos de la oficina. Le volveremos a llamar."})");
    EXPECT_TRUE(result.call.violations.empty()) << said(world(), result.call);
    EXPECT_EQ(result.call.end, "server");
    EXPECT_EQ(result.history.object("call")->string("status"), "voicemail");
    EXPECT_EQ(lines_of(result.history).back(),
              "assistant: Hola, le llamamos de la oficina. Le volveremos a llamar.")
        << said(world(), result.call);
    // All of it was heard, and nothing but silence between the beep's time and its first word.
    ASSERT_FALSE(result.call.report.turns.empty());
    EXPECT_GT(level_dbfs(result.call.report.heard, 8000, 2500, 4000), -45);
  }
}

TEST(Carriers, AMachineIsHungUpOnWhenNothingIsToBeLeft) {
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    const auto result =
        place(carrier, Callee::Kind::kMachine, "silence 1; wait-end", R"({"action":"hang-up"})");
    EXPECT_EQ(result.call.end, "server") << said(world(), result.call);
    EXPECT_EQ(result.history.object("call")->string("status"), "voicemail");
  }
}

TEST(Carriers, WhoIsBusyOrDoesNotAnswerIsInTheHistoryAsThat) {
  for (auto* carrier : world().carriers())
    for (const auto& [kind, status] :
         {std::pair{Callee::Kind::kBusy, "busy"}, {Callee::Kind::kNoAnswer, "no-answer"}}) {
      const auto result = place(carrier, kind, "hang-up");
      const auto call = *result.history.object("call");
      EXPECT_EQ(call.string("status"), status) << said(world(), result.call);
      EXPECT_EQ(call.string("end_cause"), status);
      EXPECT_EQ(call.string("direction"), "outbound");
    }
}

TEST(Carriers, CallsThatMayNotBePlacedAreRefusedWithTheReason) {
  const auto refused = [](const std::string& body) {
    auto& stack = world().stack;
    const auto reply =
        stack.post(stack.url() + "/api/v1/calls", body, {{"X-API-Key", Stack::kAdminKey}});
    return std::to_string(reply.status) + " " +
           json::parse(reply.body)->object().object("error")->string("code").value_or("");
  };
  EXPECT_EQ(refused(R"({"to":"+13105550100"})"), "403 number-not-allowed");
  EXPECT_EQ(refused(R"({"to":"5512345678"})"), "422 bad-request");
  EXPECT_EQ(refused(R"([1])"), "400 bad-json");
  auto& stack = world().stack;
  EXPECT_EQ(stack.post(stack.url() + "/api/v1/calls", R"({"to":"+525512345678"})").status, 401);
}

// --- Warm transfers ----------------------------------------------------------

namespace {

// The carrier's id of the live call from a number, once it is in the history.
std::string live_call(const std::string& from) {
  std::string id;
  wait_until([&] {
    const auto list = json::parse(world().stack.get("/api/v1/calls?limit=5").body)->object();
    for (const auto& entry : list.objects("calls"))
      if (entry.string("status") == "active" && entry.string("from") == from)
        id = entry.string("provider_call_id").value_or("");
    return !id.empty();
  });
  return id;
}

std::vector<std::string> events_of(const json::Object& history, const std::string& prefix) {
  std::vector<std::string> events;
  for (const auto& event : history.objects("events"))
    if (event.string("name").value_or("").starts_with(prefix))
      events.push_back(*event.string("name") + ": " + event.string("detail").value_or(""));
  return events;
}

}  // namespace

TEST(Carriers, AWarmTransferConnectsWhoAnswersAndBringsTheCallerBackFromWhoDoesNot) {
  int number = 30;
  for (auto* carrier : world().carriers())
    for (const auto& [kind, word] : {std::pair{Callee::Kind::kPerson, ""},
                                     {Callee::Kind::kBusy, "The line is busy"},
                                     {Callee::Kind::kNoAnswer, "Nobody answers"}}) {
      const std::string from = "+5255000000" + std::to_string(number++);
      SCOPED_TRACE(std::string(name_of(carrier)) + " " + word);
      carrier->other = kind;
      std::optional<CarrierCall> call;
      auto& stack = world().stack;
      carrier->call(
          plan(world(),
               kind == Callee::Kind::kPerson ? "wait-greeting; wait-end"
                                             : "wait-greeting; wait-for-agent; wait-reply; hang-up",
               from),
          [&](CarrierCall done) { call = std::move(done); });
      const auto id = live_call(from);
      const auto until = stack.io().now() + std::chrono::seconds(6);  // the greeting is over
      wait_until([&] { return stack.io().now() > until; });
      const auto reply =
          stack.post(stack.url() + "/api/v1/live-calls/" + id,
                     R"({"action":"transfer","mode":"warm","to":"+525587654321","ring_seconds":5})",
                     {{"X-API-Key", Stack::kAdminKey}});
      EXPECT_EQ(reply.status, 200) << reply.body;
      wait_until([&] { return call.has_value(); });
      EXPECT_TRUE(call->violations.empty()) << said(world(), *call);
      EXPECT_EQ(call->consulted, "+525587654321") << said(world(), *call);
      const auto history = stack.history(id);
      const auto events = events_of(history, "transfer");
      ASSERT_EQ(events.size(), 2u) << history.to_string();
      EXPECT_EQ(events[0], "transfer: warm, to +525587654321");
      if (kind == Callee::Kind::kPerson) {
        EXPECT_EQ(call->transferred_to, "+525587654321");
        EXPECT_EQ(events[1], "transfer-connected: +525587654321");
        EXPECT_EQ(history.object("call")->string("end_cause"), "transferred");
        EXPECT_EQ(count(call->commands, "hangup"), 0);
      } else {
        EXPECT_EQ(call->transferred_to, "");
        EXPECT_EQ(events[1], std::string("transfer-failed: ") + word + ".");
        // The agent says something about it, and the conversation goes on.
        EXPECT_EQ(history.object("call")->string("end_cause"), "caller-hung-up")
            << said(world(), *call);
        EXPECT_GE(lines_of(history).size(), 2u);
      }
    }
}

TEST(Carriers, TheCarrierRecordsWhereThatIsAskedForAndTheHistoryKnows) {
  auto& stack = world().stack;
  stack.configure("recording", "\"carrier\"");
  int number = 40;
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    std::optional<CarrierCall> call;
    carrier->call(plan(world(), "wait-greeting; hang-up", "+5255000000" + std::to_string(number++)),
                  [&](CarrierCall done) { call = std::move(done); });
    wait_until([&] { return call.has_value(); });
    EXPECT_TRUE(call->violations.empty()) << said(world(), *call);
    EXPECT_EQ(count(call->commands, carrier == &world().telnyx ? "record_start" : "record"), 1);
    const auto recording = stack.history(call->id).object("call")->object("recording");
    ASSERT_TRUE(recording);
    EXPECT_EQ(recording->string("origin"), "carrier");
    EXPECT_EQ(recording->string("state"), "complete");
    EXPECT_FALSE(recording->string("reference").value_or("").empty());
  }
  stack.configure("recording", "\"off\"");
}

// --- Recordings --------------------------------------------------------------

namespace {

// The samples of a WAV file's one side, 0 the caller's.
std::vector<std::int16_t> side_of(const std::string& wav, std::size_t side) {
  std::vector<std::int16_t> samples;
  for (std::size_t at = 44 + 2 * side; at + 1 < wav.size(); at += 4)
    samples.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(wav[at]) |
                                                static_cast<unsigned char>(wav[at + 1]) << 8));
  return samples;
}

// By how many samples `kept` must be moved to lie on `real`, whose loudest half second is looked
// for, and how much of it is then the same.
struct Match {
  std::ptrdiff_t shift;
  double same;
};
Match match(const std::vector<std::int16_t>& real, const std::vector<std::int16_t>& kept,
            std::size_t from) {
  const std::size_t length = std::min<std::size_t>(4000, real.size() - from);
  Match best{0, 0};
  for (std::size_t at = from > 8000 ? from - 8000 : 0;
       at < from + 8000 && at + length <= kept.size(); ++at) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < length; i += 16) same += kept[at + i] == real[from + i];
    const double share = static_cast<double>(same) / std::ceil(static_cast<double>(length) / 16);
    if (share > best.same)
      best = {static_cast<std::ptrdiff_t>(at) - static_cast<std::ptrdiff_t>(from), share};
  }
  return best;
}

std::vector<std::int16_t> through_g711(std::vector<std::int16_t> samples) {
  for (auto& sample : samples)
    sample = g711::decoded<g711::Law::kMu>(g711::encoded<g711::Law::kMu>(sample));
  return samples;
}

std::size_t first_sound(const std::vector<std::int16_t>& samples) {
  std::size_t at = 0;
  while (at < samples.size() && std::abs(samples[at]) < 1000) ++at;
  return at;
}

}  // namespace

TEST(Recordings, BothSidesAreKeptAsTheyWereHeardAndWhatWasCutOffIsNotInThem) {
  auto& stack = world().stack;
  stack.configure("recording", "\"ours\"");
  stack.configure("first_message",
                  "\"Buenos días, le habla la recepción de la clínica. Si quiere una cita, dígame "
                  "por favor qué día le viene bien y a qué hora prefiere que sea.\"");
  for (auto* carrier : world().carriers()) {
    SCOPED_TRACE(name_of(carrier));
    std::optional<CarrierCall> done;
    auto script =
        plan(world(), "barge-in 1.2 es/queue-thankyou; wait-reply; hang-up", "+525500000020");
    script->keep_audio = true;
    carrier->call(script, [&](CarrierCall call) { done = std::move(call); });
    wait_until([&] { return done.has_value(); });
    const auto history = stack.history(done->id);
    const auto call = *history.object("call");
    const auto recording = call.object("recording");
    ASSERT_TRUE(recording) << said(world(), *done);
    EXPECT_EQ(recording->string("state"), "complete");
    EXPECT_NEAR(static_cast<double>(*recording->integer("duration_ms")), done->report.duration_ms,
                700);
    const auto wav =
        stack.get("/api/v1/calls/" + std::to_string(*call.integer("id")) + "/recording");
    ASSERT_EQ(wav.status, 200) << wav.body.substr(0, 300);
    EXPECT_EQ(wav.content_type, "audio/wav");
    const auto left = side_of(wav.body, 0), right = side_of(wav.body, 1);
    const auto on_the_wire = through_g711(done->report.said);
    const auto spoken = match(on_the_wire, left, first_sound(on_the_wire));
    // Where this telephone itself stumbled it heard less than there was: the best of four places.
    Match heard{0, 0};
    for (std::size_t k = 0; k < 4 && heard.same < 1; ++k)
      if (const auto found =
              match(done->report.heard, right, first_sound(done->report.heard) + k * 1600);
          found.same > heard.same)
        heard = found;
    std::printf(
        "%s: the caller's side is %.1f %% the same, moved by %.1f ms; the agent's %.1f %%, %.1f "
        "ms\n",
        name_of(carrier), 100 * spoken.same, static_cast<double>(spoken.shift) / 8,
        100 * heard.same, static_cast<double>(heard.shift) / 8);
    EXPECT_EQ(spoken.same, 1.0);
    EXPECT_EQ(heard.same, 1.0);
    // What was heard and what was said lie beside each other as on the telephone.
    EXPECT_LT(std::abs(spoken.shift - heard.shift), 8 * 60);
    // The greeting is cut off in the recording where it was cut off at the ear.
    const auto& clears = done->report.clears;
    ASSERT_FALSE(clears.empty()) << said(world(), *done);
    const double cut = clears[0].at_ms + static_cast<double>(heard.shift) / 8;
    EXPECT_LT(level_dbfs(right, 8000, cut + 150, cut + 450), -60);
    EXPECT_GT(level_dbfs(right, 8000, cut - 600, cut - 250), -50);
  }
  stack.configure("recording", "\"off\"");
}

TEST(Recordings, AKilledServerLeavesWhatItHadAndTheHistorySaysSo) {
  auto& stack = world().stack;
  TemporaryFolder data;
  const auto start = [&] { return stack.another_server({{"CENTRALITA_DATA", data.path()}}); };
  auto server = start();
  const auto url = server->wait_for("listening on (http://[^ ;]+)");
  stack.configure("recording", "\"ours\"");
  auto script =
      stack.plan("wait-greeting; silence 20; hang-up", CallPlan::Way::kWebhook, "default");
  auto mine = std::make_shared<CallPlan>(*script);
  mine->url = url + "/api/v1/twilio/incoming-call";
  std::optional<CallReport> report;
  Caller caller(stack.io(), mine, [&](CallReport done) { report = std::move(done); });
  caller.start();
  const auto until = stack.io().now() + std::chrono::seconds(5);
  wait_until([&] { return stack.io().now() > until; });
  server->signal(SIGKILL);
  wait_until([&] { return report.has_value(); });
  server.reset();
  server = start();
  server->wait_for("(its recording was interrupted)");
  json::Object call;
  for (int i = 0; i < 500; ++i, g_usleep(10'000)) {
    call = *json::parse(stack.get("/api/v1/calls?limit=1").body)->object().objects("calls").begin();
    if (const auto kept = call.object("recording"); kept && kept->string("state") == "interrupted")
      break;
  }
  const auto kept = call.object("recording");
  ASSERT_TRUE(kept) << call.to_string();
  EXPECT_EQ(kept->string("state"), "interrupted");
  EXPECT_GT(kept->integer("duration_ms").value_or(0), 2000);
  EXPECT_FALSE(kept->string("error").value_or("").empty());
  stack.configure("recording", "\"off\"");
}

// --- The doctor --------------------------------------------------------------

TEST(Doctor, SaysOfEachThingThatIsWrongThatItIsAndNothingElse) {
  auto& stack = world().stack;
  struct Case {
    const char* name;
    Program::Environment environment;
    std::vector<std::string> wrong;
  };
  // No certificate here, so the address is never quite right.
  const std::vector<Case> cases = {
      {"all is well", {}, {"Public address"}},
      {"another account's token",
       {{"TWILIO_AUTH_TOKEN", "not-the-token-0001"}},
       {"Twilio's keys", "Public address", "Signatures"}},
      {"no token", {{"TWILIO_AUTH_TOKEN", ""}}, {"Twilio's keys", "Public address"}},
      {"a key that Telnyx does not know",
       {{"TELNYX_API_KEY", "KEY-not-the-key-0002"}},
       {"Telnyx' keys", "Public address"}},
      {"no application", {{"TELNYX_CONNECTION_ID", ""}}, {"Telnyx' keys", "Public address"}},
      {"no way out",
       {{"TELNYX_API_URL", "http://127.0.0.1:1"}},
       {"Telnyx' keys", "Public address"}},
      {"no database",
       {{"DATABASE_URL", "postgresql://user:not-the-password-0003@127.0.0.1:1/none"}},
       {"Database", "Public address"}},
      {"a disk that takes nothing",
       {{"CENTRALITA_DATA", "/proc/none"}},
       {"Disk", "Public address"}},
      {"nobody at the address",
       {{"PUBLIC_BASE_URL", "http://127.0.0.1:1"}},
       {"Public address", "Public address"}},
      {"no address", {{"PUBLIC_BASE_URL", ""}}, {"Public address"}},
      {"settings", {{"ADMIN_API_KEY", "short-0004"}}, {"Environment"}},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    auto environment = each.environment;
    environment.emplace("PUBLIC_BASE_URL", stack.url());
    if (environment.at("PUBLIC_BASE_URL").empty())
      environment["CENTRALITA_PORT"] = stack.url().substr(stack.url().rfind(':') + 1);
    auto doctor = stack.another_program({"doctor", "--lang", "en"}, environment);
    // The carriers are in this thread: they must answer while the doctor asks.
    int status = -1;
    std::thread waiter([&] {
      status = doctor->wait();
      g_main_context_wakeup(nullptr);
    });
    const auto until = stack.io().now() + std::chrono::seconds(60);
    while (doctor->output().find("are wrong") == std::string::npos && stack.io().now() < until)
      if (!g_main_context_iteration(nullptr, FALSE))
        g_usleep(2'000);
    waiter.join();
    const auto output = doctor->output();
    std::vector<std::string> wrong;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("WRONG"))
        wrong.push_back(line.substr(7, line.find(':') - 7));
    std::printf("%-32s %s\n", each.name, ::testing::PrintToString(wrong).c_str());
    EXPECT_EQ(wrong, each.wrong) << output;
    EXPECT_EQ(WEXITSTATUS(status), 1);
    for (const char* secret : {"not-the-token-0001", "not-the-key-0002", "not-the-password-0003",
                               "short-0004", SimulatedTelnyx::kApiKey, Stack::kAdminKey})
      EXPECT_EQ(output.find(secret), std::string::npos) << output;
  }
}
