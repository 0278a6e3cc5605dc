// Whole calls over whole carriers: their REST API, their signed webhooks and their media streams,
// inbound and outbound, with everything delivered twice.
#include "tests/calls/carriers_world.h"
#include "tests/support/fake_http.h"

using namespace centralita;
using namespace centralita::caller;
using namespace std::chrono_literals;

TEST(Carriers, AnOperatorHangsUpOrHandsOverAndTheLineIsDeadOrElsewhere) {
  Calls calls;
  std::vector<std::pair<Scenario*, bool>> ones;  // and whether it is transferred
  for (auto* carrier : world().carriers())
    for (const bool transferred : {false, true})
      ones.emplace_back(&calls.inbound(carrier, "wait-for-agent; wait-end"), transferred);
  for (const auto& [one, transferred] : ones) {
    const auto id = live_call(one->from);
    const auto reply = steer(id, transferred ? R"({"action":"transfer","to":"+525587654321"})"
                                             : R"({"action":"hang-up"})");
    EXPECT_EQ(reply.status, 200) << reply.body;
  }
  calls.wait();
  for (const auto& [one, transferred] : ones) {
    SCOPED_TRACE(world().name_of(one->carrier));
    EXPECT_TRUE(one->call.violations.empty()) << said(one->call);
    if (transferred) {
      EXPECT_EQ(one->call.transferred_to, "+525587654321") << said(one->call);
      EXPECT_EQ(count(one->call.commands, "hangup"), 0);
    } else {
      EXPECT_EQ(one->call.end, "server") << said(one->call);
      EXPECT_EQ(calls.history(*one).object("call")->string("end_cause"), "operator-hung-up");
    }
  }
  EXPECT_EQ(steer("nobody", R"({"action":"hang-up"})").status, 404);
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

TEST(Carriers, OneCallMoreThanALimitAllowsIsRefusedByItsName) {
  test::FakeHttp carrier;
  carrier.otherwise(
      {.status = 201,
       .content_type = "application/json",
       .chunks = {R"({"sid":"CA00000000000000000000000000000077","status":"queued"})"}});
  const auto placed = [&](Program::Environment limits) {
    limits["TWILIO_API_URL"] = carrier.url();
    limits["PUBLIC_BASE_URL"] = "https://calls.example";
    auto& stack = world().stack;
    const auto server = stack.server_beside(limits);
    std::vector<std::string> answers;
    for (int i = 0; i < 2; ++i) {
      const auto reply =
          stack.post(server->url + "/api/v1/calls", R"({"to":"+525512345678","carrier":"twilio"})",
                     {{"X-API-Key", Stack::kAdminKey}});
      const auto error = json::parse(reply.body)->object().object("error");
      answers.push_back(std::to_string(reply.status) +
                        (error ? " " + error->string("code").value_or("") : ""));
    }
    return answers;
  };
  using Answers = std::vector<std::string>;
  EXPECT_EQ(placed({{"OUTBOUND_MAX_CONCURRENT", "1"}}), (Answers{"202", "429 too-many-calls"}));
  EXPECT_EQ(placed({{"OUTBOUND_MAX_PER_HOUR", "1"}}), (Answers{"202", "429 hourly-limit"}));
  EXPECT_EQ(placed({{"OUTBOUND_DAILY_SPEND", "0"}}),
            (Answers{"429 daily-spend", "429 daily-spend"}));
  EXPECT_EQ(carrier.requests(), 2u) << "what is refused is never dialled";
}

TEST(Carriers, AWarmTransferConnectsWhoAnswersAndBringsTheCallerBackFromWhoDoesNot) {
  using Kind = Callee::Kind;
  struct Case {
    Scenario* one;
    Kind kind;
    std::string to, word;
  };
  Calls calls;
  std::vector<Case> cases;
  for (auto* carrier : world().carriers())
    for (const auto& [kind, to, word] : {std::tuple{Kind::kPerson, "+525587650001", ""},
                                         {Kind::kBusy, "+525587650002", "The line is busy"},
                                         {Kind::kNoAnswer, "+525587650003", "Nobody answers"}}) {
      carrier->callees[to] = {.kind = kind};
      cases.push_back(
          {&calls.inbound(carrier, kind == Kind::kPerson ? "wait-greeting; wait-end"
                                                         : "wait-greeting; wait-reply; hang-up"),
           kind, to, word});
    }
  wait_for(4s);  // the greetings are over
  for (const auto& each : cases) {
    const auto reply =
        steer(live_call(each.one->from),
              R"({"action":"transfer","mode":"warm","ring_seconds":5,"to":")" + each.to + "\"}");
    EXPECT_EQ(reply.status, 200) << reply.body;
  }
  calls.wait();
  for (const auto& each : cases) {
    const auto& call = each.one->call;
    SCOPED_TRACE(std::string(world().name_of(each.one->carrier)) + " " + each.word);
    EXPECT_TRUE(call.violations.empty()) << said(call);
    EXPECT_EQ(call.consulted, each.to) << said(call);
    const auto history = calls.history(*each.one);
    const auto events = events_of(history, "transfer");
    ASSERT_EQ(events.size(), 2u) << history.to_string();
    EXPECT_EQ(events[0], "transfer: warm, to " + each.to);
    if (each.kind == Kind::kPerson) {
      EXPECT_EQ(call.transferred_to, each.to);
      EXPECT_EQ(events[1], "transfer-connected: " + each.to);
      EXPECT_EQ(history.object("call")->string("end_cause"), "transferred");
      EXPECT_EQ(count(call.commands, "hangup"), 0);
    } else {
      EXPECT_EQ(call.transferred_to, "");
      EXPECT_EQ(events[1], "transfer-failed: " + each.word + ".");
      // The agent says something about it, and the conversation goes on.
      EXPECT_EQ(history.object("call")->string("end_cause"), "caller-hung-up") << said(call);
      EXPECT_GE(lines_of(history).size(), 2u);
    }
  }
}

TEST(Carriers, TelnyxTakesAwayTheNoiseThatTheAgentsProfileNames) {
  auto& stack = world().stack;
  stack.configure("noise_suppression", "\"Krisp\"");
  Calls calls;
  auto& noisy = calls.inbound(&world().telnyx, "wait-greeting; hang-up");
  auto& other = calls.inbound(&world().twilio, "wait-greeting; hang-up");
  auto& called =
      calls.outbound(&world().telnyx, {.kind = Callee::Kind::kPerson}, "wait-greeting; hang-up");
  calls.wait();
  stack.configure("noise_suppression", "\"server\"");
  for (const auto* one : {&noisy, &called}) {
    EXPECT_TRUE(one->call.violations.empty()) << said(one->call);
    EXPECT_EQ(one->call.noise_suppression, "Krisp") << said(one->call);
    EXPECT_EQ(count(one->call.commands, "suppression_start"), 1);
    EXPECT_EQ(events_of(calls.history(*one), "noise-suppression"),
              (std::vector<std::string>{"noise-suppression: Krisp"}));
  }
  EXPECT_TRUE(events_of(calls.history(other), "noise-suppression").empty());
  // As the server says, which is not at all.
  auto& quiet = calls.inbound(&world().telnyx, "wait-greeting; hang-up");
  calls.wait();
  EXPECT_EQ(count(quiet.call.commands, "suppression_start"), 0);
}

TEST(Carriers, ARefusedCallerIsToldWhyByBoth) {
  auto& stack = world().stack;
  const auto key = std::pair<std::string, std::string>("X-API-Key", Stack::kAdminKey);
  ASSERT_EQ(stack.post(stack.url() + "/api/v1/system/stop", R"({"reason":"a test"})", {key}).status,
            200);
  Calls calls;
  auto& telnyx = calls.inbound(&world().telnyx, "wait-greeting; hang-up");
  auto& twilio = calls.inbound(&world().twilio, "wait-greeting; hang-up");
  calls.wait();
  ASSERT_EQ(stack.post(stack.url() + "/api/v1/system/resume", "{}", {key}).status, 200);
  for (const auto* one : {&telnyx, &twilio}) {
    SCOPED_TRACE(world().name_of(one->carrier));
    EXPECT_FALSE(one->call.streamed);
    EXPECT_TRUE(one->call.violations.empty()) << said(one->call);
    EXPECT_NE(one->call.spoken, "") << said(one->call);
  }
  EXPECT_EQ(telnyx.call.spoken, twilio.call.spoken);
  EXPECT_EQ(telnyx.call.commands, (std::vector<std::string>{"answer", "speak", "hangup"}));
  const auto call = *calls.history(telnyx).object("call");
  EXPECT_EQ(call.string("status"), "failed");
  EXPECT_EQ(call.string("end_cause"), "refused");
}
