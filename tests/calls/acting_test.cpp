// What an agent does in a real call besides talking: hands the caller over as its settings say, and
// knows what it is told on the way. And a real call's recording, replayed.
#include "server/caller/simulated_telnyx.h"
#include "server/caller/simulated_twilio.h"
#include "tests/calls/stack.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace centralita;
using namespace centralita::caller;

namespace {

constexpr char kSales[] = "+525587654321";

struct World {
  IoContext io{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
  SimulatedTelnyx telnyx{io};
  SimulatedTwilio twilio{io, Stack::kTwilioToken};
  Stack stack{{{"TELNYX_PUBLIC_KEY", telnyx.public_key()},
               {"TELNYX_API_KEY", SimulatedTelnyx::kApiKey},
               {"TELNYX_API_URL", telnyx.url() + "/v2"},
               {"TELNYX_CONNECTION_ID", SimulatedTelnyx::kConnection},
               {"TWILIO_ACCOUNT_SID", SimulatedTwilio::kAccount},
               {"TWILIO_API_URL", twilio.url()},
               {"TELNYX_FROM_NUMBER", "+12125550100"},
               {"TWILIO_FROM_NUMBER", "+12125550101"},
               {"OUTBOUND_ALLOWED_PREFIXES", "+52"}}};

  World() {
    // What reads calls that are over asks the same model, and would be its last request.
    stack.configure("extraction_enabled", "false");
    for (SimulatedCarrier* carrier : carriers()) {
      carrier->server_url = stack.url();
      carrier->repeat_webhooks = true;
    }
  }
  std::vector<SimulatedCarrier*> carriers() { return {&telnyx, &twilio}; }
};

World& world() {
  static auto* const shared = new World;
  return *shared;
}

void wait_until(const std::function<bool()>& done) {
  while (!done()) g_main_context_iteration(nullptr, TRUE);
}

std::string said(const CarrierCall& call) {
  return ::testing::PrintToString(call.commands) + ::testing::PrintToString(call.violations) +
         "\n" + to_text(call.report) + world().stack.server().output();
}

// Calls from their first ring to their end at the carrier's, at the same time.
std::vector<CarrierCall> calls(const std::vector<SimulatedCarrier*>& carriers,
                               const std::string& script) {
  static int number = 0;
  std::vector<CarrierCall> done;
  for (auto* carrier : carriers) {
    auto plan = world().stack.plan(script, CallPlan::Way::kWebhook, "default", 8000);
    plan->from = "+52550000" + std::to_string(1000 + number++);
    carrier->call(plan, [&](CarrierCall call) { done.push_back(std::move(call)); });
  }
  wait_until([&] { return done.size() == carriers.size(); });
  return done;
}

json::Object last_request(const char* operation) {
  auto& stack = world().stack;
  return *json::parse(stack.get_url(stack.sandbox_url() + "/sandbox/requests").body)
              ->object()
              .object(operation)
              ->object("last");
}

struct Transfers : ::testing::Test {
  static void SetUpTestSuite() {
    auto& stack = world().stack;
    stack.configure("transfer_whitelist", std::string(R"({"ventas": ")") + kSales + "\"}");
    stack.configure("transfer_message", "\"Le comunico con ventas.\"");
  }
  static void TearDownTestSuite() { world().stack.configure("transfer_whitelist", "{}"); }

  const std::string asks =
      "wait-greeting; say " + world().stack.speech("Quiero hablar con una persona.") + "; ";
};

}  // namespace

TEST_F(Transfers, OfTheModelsAreBlindUnlessTheAgentSaysOtherwise) {
  world().stack.configure("transfer_mode", "\"blind\"");
  for (const auto& done : calls(world().carriers(), asks + "wait-end")) {
    EXPECT_TRUE(done.violations.empty()) << said(done);
    EXPECT_EQ(done.transferred_to, kSales) << said(done);
    EXPECT_EQ(done.consulted, "");
    EXPECT_EQ(std::count(done.commands.begin(), done.commands.end(), "hangup"), 0);
    const auto history = world().stack.history(done.id);
    EXPECT_EQ(history.object("call")->string("end_cause"), "transferred");
    const auto tools = history.objects("tool_calls");
    ASSERT_EQ(tools.size(), 1u) << history.to_string();
    EXPECT_EQ(tools[0].string("name"), "transfer_call");
    EXPECT_EQ(tools[0].boolean("ok"), true);
    EXPECT_EQ(lines_of(history).back(), "assistant: Le comunico con ventas.");
  }
}

TEST_F(Transfers, ThatAreWarmRingTheOtherPartyWhileTheCallerStays) {
  auto& stack = world().stack;
  stack.configure("transfer_mode", "\"warm\"");
  stack.configure("transfer_ring_ms", "6000");
  for (const auto& [kind, why] : {std::pair{Callee::Kind::kPerson, ""},
                                  {Callee::Kind::kBusy, "The line is busy"},
                                  {Callee::Kind::kNoAnswer, "Nobody answers"}}) {
    SCOPED_TRACE(why);
    const bool answers = kind == Callee::Kind::kPerson;
    for (auto* carrier : world().carriers()) {
      carrier->other = kind;
      carrier->other_rings = 3;
    }
    for (const auto& done :
         calls(world().carriers(),
               asks + (answers ? "wait-end" : "wait-for-agent; silence 10; hang-up"))) {
      EXPECT_TRUE(done.violations.empty()) << said(done);
      EXPECT_EQ(done.consulted, kSales) << said(done);
      const auto history = stack.history(done.id);
      const auto events = events_of(history, "transfer");
      ASSERT_EQ(events.size(), 2u) << history.to_string() << said(done);
      EXPECT_EQ(events[0], std::string("transfer: warm, to ") + kSales);
      EXPECT_EQ(events_of(history, "other-party-rings").size(), 1u);
      if (answers) {
        EXPECT_EQ(events[1], std::string("transfer-connected: ") + kSales);
        EXPECT_EQ(done.transferred_to, kSales);
        EXPECT_EQ(history.object("call")->string("end_cause"), "transferred");
      } else {
        EXPECT_EQ(events[1], std::string("transfer-failed: ") + why + ".");
        EXPECT_EQ(done.transferred_to, "");
        EXPECT_EQ(history.object("call")->string("end_cause"), "caller-hung-up") << said(done);
        EXPECT_NE(lines_of(history).back().find("ventas"), std::string::npos);
        EXPECT_EQ(last_request("chat").to_string().find(kSales), std::string::npos);
      }
    }
  }
}

TEST(Context, ThatIsInjectedIntoARealCallIsInTheModelsNextRequest) {
  auto& stack = world().stack;
  auto plan = stack.plan("wait-greeting; silence 1.5; say es/queue-thankyou; wait-reply; hang-up",
                         CallPlan::Way::kWebhook, "default", 8000);
  plan->from = "+525500000080";
  std::optional<CarrierCall> done;
  world().twilio.call(plan, [&](CarrierCall call) { done = std::move(call); });
  std::string id;
  const auto tell = [&](const std::string& body) {
    return stack.post(stack.url() + "/api/v1/calls/" + id + "/context", body,
                      {{"X-API-Key", Stack::kAdminKey}});
  };
  wait_until([&] {
    const auto list = json::parse(stack.get("/api/v1/live-calls").body)->object();
    for (const auto& entry : list.objects("calls"))
      if (entry.string("from") == plan->from)
        id = entry.string("session_id").value_or("");
    return !id.empty() &&
           tell(R"({"variables": {"saldo": "120 pesos"}, "note": "Ya pagó la mitad."})").status ==
               202;
  });
  wait_until([&] { return done.has_value(); });
  EXPECT_TRUE(done->report.ok()) << said(*done);
  const auto request = last_request("chat").objects("messages");
  ASSERT_FALSE(request.empty());
  const auto instructions = request[0].string("content").value_or("");
  EXPECT_NE(instructions.find("120 pesos"), std::string::npos) << instructions;
  EXPECT_NE(instructions.find("Ya pagó la mitad."), std::string::npos) << instructions;
  const auto events = events_of(stack.history(done->id), "context");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_NE(events[0].find("saldo"), std::string::npos);
  EXPECT_EQ(events[0].find("120"), std::string::npos) << "values are not kept";
  EXPECT_EQ(tell("{\"note\": \"Tarde.\"}").status, 404);
}

TEST(Context, ThatAnOutboundCallIsPlacedWithIsInTheInstructions) {
  auto& stack = world().stack;
  stack.configure("instructions", "\"Llamas por {{client_state}}, de {{lista}}.\"");
  for (auto* carrier : world().carriers()) {
    carrier->callee = {.plan =
                           stack.plan("wait-greeting; say es/queue-thankyou; wait-reply; hang-up",
                                      CallPlan::Way::kWebhook, "default", 8000)};
    std::optional<CarrierCall> done;
    carrier->on_outbound = [&](CarrierCall call) { done = std::move(call); };
    const auto reply = stack.post(
        stack.url() + "/api/v1/calls",
        std::string(R"({"to": "+525512345678", "client_state": "lead 7 <&>", "variables": {"lista":
            "marzo"}, "carrier": ")") +
            (carrier == &world().telnyx ? "telnyx" : "twilio") + "\"}",
        {{"X-API-Key", Stack::kAdminKey}});
    ASSERT_EQ(reply.status, 202) << reply.body;
    wait_until([&] { return done.has_value(); });
    const auto messages = last_request("chat").objects("messages");
    ASSERT_FALSE(messages.empty()) << said(*done);
    EXPECT_TRUE(messages[0].string("content")->starts_with("Llamas por lead 7 <&>, de marzo."))
        << *messages[0].string("content");
  }
  stack.configure("instructions", "null");
}

// --- Replay ------------------------------------------------------------------

namespace {

struct Replayed {
  int status;
  std::string output;
};

// A call of a real telephone over a real socket, and what `centralita replay` makes of it.
struct RecordedCall {
  TemporaryFolder folder;
  std::string wav = folder.path() + "/call.wav", timeline = folder.path() + "/call.json",
              agent = folder.path() + "/agent.json";

  explicit RecordedCall(const std::string& script) {
    auto& stack = world().stack;
    stack.configure("recording", "\"ours\"");
    const auto done = std::move(calls({&world().twilio}, script).front());
    stack.configure("recording", "\"off\"");
    EXPECT_TRUE(done.report.ok()) << said(done);
    const auto history = stack.history(done.id);
    const auto id = std::to_string(*history.object("call")->integer("id"));
    std::ofstream(wav, std::ios::binary) << stack.get("/api/v1/calls/" + id + "/recording").body;
    std::ofstream(timeline) << stack.get("/api/v1/calls/" + id).body;
    std::ofstream(agent) << stack.get("/api/v1/agents/1").body;
  }
  Replayed replay(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"replay", wav, "--timeline", timeline, "--agent", agent};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto program = world().stack.another_program(arguments, {});
    const int status = program->wait();
    return {WEXITSTATUS(status), program->output()};
  }
};

}  // namespace

TEST(Replay, OfARealCallDecidesAsItWasDecidedAndOtherSettingsDecideOtherwise) {
  const RecordedCall recorded(
      "wait-greeting; say es/queue-thankyou; wait-reply; say es/please-try-again; "
      "barge-in 1.0 es/vm-msgsaved; wait-reply; hang-up");
  const auto same = recorded.replay();
  std::printf("%s\n", same.output.c_str());
  // Who said what and who was interrupted; where this machine was too slow for the call there are
  // waits and suspicions besides.
  int decisions = 0;
  std::istringstream lines(same.output);
  for (std::string line; std::getline(lines, line);)
    for (const char* decision : {"caller: ", "agent: ", "barge-in: "})
      if (line.find(decision) != std::string::npos) {
        ++decisions;
        EXPECT_EQ(line.substr(0, 20).find('-'), std::string::npos) << line;
      }
  EXPECT_GE(decisions, 6) << same.output;
  EXPECT_EQ(same.status,
            same.output.find(" 0 only recorded, 0 only replayed") == std::string::npos);

  const auto deaf = recorded.replay({"--set", "barge_in_enabled=false", "--differences"});
  std::printf("%s\n", deaf.output.c_str());
  EXPECT_EQ(deaf.status, 1) << deaf.output;
  EXPECT_NE(deaf.output.find("        -  barge-in: the sound lasts"), std::string::npos);
  EXPECT_EQ(recorded.replay({"--set", "barge_in_enabled=perhaps"}).status, 2);
}
