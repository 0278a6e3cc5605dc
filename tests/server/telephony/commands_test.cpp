// Every command to a carrier when it fails in every way: what is tried again, under which name, and
// what an operator is told. The table of docs/carriers.md is what this test prints.
#include "plugins/base/trace_context.h"
#include "server/logging/trace_id.h"
#include "server/telephony/telnyx_carrier.h"
#include "server/telephony/twilio_carrier.h"
#include "tests/support/fake_http.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace centralita;
using namespace std::chrono_literals;
using test::FakeAnswer;
using Code = CarrierError::Code;

namespace {

using Answered = std::function<void(std::optional<CarrierError>)>;

constexpr char kSid[] = "AC00000000000000000000000000000001";
constexpr CommandPatience kShort{
    .deadlines = {.connect = 2000ms, .first_byte = 150ms, .stall = 150ms},
    .retry = {.tries = 3, .first_pause = 2ms, .longest_pause = 5ms}};

struct World {
  IoContext io{Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()};
  test::FakeHttp server;
  TwilioCarrier twilio{
      io,
      {.auth_token = "12345", .account_sid = kSid, .api_url = server.url(), .patience = kShort}};
  TelnyxCarrier telnyx{io,
                       {.api_key = "KEY1",
                        .connection_id = "42",
                        .api_url = server.url() + "/v2",
                        .patience = kShort}};
  void answer(int status, const char* body) {
    server.answer({.status = status, .content_type = "application/json", .chunks = {body}});
  }
};

template <typename T>
std::function<void(Result<T, CarrierError>)> as_answered(Answered answered) {
  return [answered = std::move(answered)](const Result<T, CarrierError>& result) {
    answered(result ? std::nullopt : std::optional(result.error()));
  };
}

struct Command {
  const char* carrier;
  const char* name;
  const char* request;
  const char* identity;  // what makes the repetition the same command
  bool repeated;         // when nobody knows whether it was executed
  std::function<void(World&, Answered)> send;
};

const std::vector<Command>& commands() {
  const auto dial = [](Carrier& carrier, Answered answered) {
    carrier.dial({.session_id = "s1", .from = "+1", .to = "+52", .base_url = "https://h"},
                 as_answered<std::string>(std::move(answered)));
  };
  const auto consult = [](Carrier& carrier, Answered answered) {
    carrier.consult(
        {.call_id = "c1", .to = "+52", .from = "+1", .base_url = "https://h", .tag = "t"},
        as_answered<std::string>(std::move(answered)));
  };
  static const std::vector<Command> all = {
      {"twilio", "dial", "POST Calls.json", "none", false,
       [dial](World& w, Answered a) { dial(w.twilio, std::move(a)); }},
      {"twilio", "hang-up", "POST Calls/{CA}.json Status=completed", "the call's end", true,
       [](World& w, Answered a) { w.twilio.hang_up("c1", as_answered<bool>(std::move(a))); }},
      {"twilio", "transfer", "POST Calls/{CA}.json Twiml=Dial", "none", false,
       [](World& w, Answered a) {
         w.twilio.transfer("c1", "+52", "+1", as_answered<bool>(std::move(a)));
       }},
      {"twilio", "consult", "POST Calls.json", "none", false,
       [consult](World& w, Answered a) { consult(w.twilio, std::move(a)); }},
      {"twilio", "join", "POST Calls/{CA}.json Twiml=Conference", "none", false,
       [](World& w, Answered a) { w.twilio.join("c1", "t", as_answered<bool>(std::move(a))); }},
      {"twilio", "record", "POST Calls/{CA}/Recordings.json", "none", false,
       [](World& w, Answered a) {
         w.twilio.record("c1", "https://h", as_answered<std::string>(std::move(a)));
       }},
      {"twilio", "look-up", "GET Calls/{CA}.json", "changes nothing", true,
       [](World& w, Answered a) { w.twilio.is_alive("c1", as_answered<bool>(std::move(a))); }},
      {"telnyx", "answer", "actions/answer", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.answer("c1", "https://h/w", as_answered<bool>(std::move(a)));
       }},
      {"telnyx", "reject", "actions/reject", "`command_id`", true,
       [](World& w, Answered a) { w.telnyx.reject("c1", as_answered<bool>(std::move(a))); }},
      {"telnyx", "speak", "actions/speak", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.speak("c1", "hola", "es-MX", as_answered<bool>(std::move(a)));
       }},
      {"telnyx", "start-streaming", "actions/streaming_start", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.start_streaming("c1", "wss://h", "t", as_answered<bool>(std::move(a)));
       }},
      {"telnyx", "suppress-noise", "actions/suppression_start", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.start_noise_suppression("c1", "Krisp", as_answered<bool>(std::move(a)));
       }},
      {"telnyx", "dial", "POST calls", "`command_id` (the call's own)", true,
       [dial](World& w, Answered a) { dial(w.telnyx, std::move(a)); }},
      {"telnyx", "hang-up", "actions/hangup", "`command_id`", true,
       [](World& w, Answered a) { w.telnyx.hang_up("c1", as_answered<bool>(std::move(a))); }},
      {"telnyx", "transfer", "actions/transfer", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.transfer("c1", "+52", "+1", as_answered<bool>(std::move(a)));
       }},
      {"telnyx", "consult", "actions/transfer", "`command_id`", true,
       [consult](World& w, Answered a) { consult(w.telnyx, std::move(a)); }},
      {"telnyx", "record", "actions/record_start", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.record("c1", "https://h", as_answered<std::string>(std::move(a)));
       }},
      {"telnyx", "send-dtmf", "actions/send_dtmf", "`command_id`", true,
       [](World& w, Answered a) {
         w.telnyx.send_dtmf("c1", "12#", as_answered<bool>(std::move(a)));
       }},
      {"telnyx", "look-up", "GET calls/{id}", "changes nothing", true,
       [](World& w, Answered a) { w.telnyx.is_alive("c1", as_answered<bool>(std::move(a))); }},
  };
  return all;
}

constexpr char kGood[] =
    R"({"sid":"CA1","status":"in-progress","data":{"result":"ok","call_control_id":"v3:x","is_alive":true}})";

// The command's error, or none.
std::optional<CarrierError> run(const Command& command, World& world) {
  std::optional<std::optional<CarrierError>> result;
  command.send(world, [&](std::optional<CarrierError> error) { result = std::move(error); });
  while (!result) g_main_context_iteration(nullptr, TRUE);
  return *result;
}

std::string documented() {
  std::ifstream file(std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/docs/carriers.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST(Commands, WhatMayHaveBeenExecutedIsRepeatedOnlyWhereThatIsTheSameCommand) {
  const auto docs = documented();
  // The call's trace goes along, whichever of its ids the command has.
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(announced_trace("00-" + trace + "-00f067aa0ba902b7-01", "vendor=x"), trace);
  for (const char* id : {"s1", "c1"}) remember_trace(id, trace);
  for (const auto& command : commands()) {
    SCOPED_TRACE(std::string(command.carrier) + " " + command.name);
    const bool identified = std::string_view(command.identity).starts_with("`command_id`");
    const std::pair<const char*, FakeAnswer> unknown[] = {
        {"503", {.status = 503, .content_type = "text/html", .chunks = {"<html>"}}},
        {"silent", {.end = FakeAnswer::End::kSilent}}};
    for (const auto& [what, fault] : unknown) {
      SCOPED_TRACE(what);
      World world;
      world.server.answer(fault);
      world.answer(200, kGood);
      const auto error = run(command, world);
      EXPECT_EQ(error.has_value(), !command.repeated);
      ASSERT_EQ(world.server.requests(), command.repeated ? 2u : 1u);
      EXPECT_EQ(trace_id_in(world.server.request(0).header("traceparent")), trace);
      EXPECT_EQ(world.server.request(0).header("tracestate"), "vendor=x");
      if (error) {
        EXPECT_EQ(error->code, what == std::string("503") ? Code::kUnavailable : Code::kTimeout)
            << error->text;
        EXPECT_NE(error->text.find(std::string(command.carrier) + " did not " + command.name),
                  std::string::npos)
            << error->text;
      } else if (identified) {
        const auto first = world.server.request(0), second = world.server.request(1);
        EXPECT_EQ(first.body, second.body);
        EXPECT_NE(json::parse(first.body)->object().string("command_id").value_or(""), "");
      }
    }
    const auto line = std::string("| ") + command.carrier + " | " + command.name + " | " +
                      command.request + " | " + command.identity + " | " +
                      (command.repeated ? "repeated" : "reported, not repeated") +
                      " | repeated | reported |";
    std::printf("%s\n", line.c_str());
    EXPECT_NE(docs.find(line), std::string::npos) << "docs/carriers.md lacks\n" << line;
  }
}

TEST(Commands, WhatWasNotExecutedIsAlwaysRepeatedAndOnlySoOften) {
  for (const auto& command : commands()) {
    SCOPED_TRACE(std::string(command.carrier) + " " + command.name);
    World world;
    world.answer(429, R"({"code":20429,"errors":[{"code":"10011","title":"Too many requests"}]})");
    world.answer(200, kGood);
    EXPECT_FALSE(run(command, world));
    EXPECT_EQ(world.server.requests(), 2u);
    World busy;
    busy.server.otherwise({.status = 429, .content_type = "application/json", .chunks = {"{}"}});
    const auto error = run(command, busy);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, Code::kRateLimited);
    EXPECT_EQ(busy.server.requests(), 3u);
    World away;
    away.server.stop_listening();
    const auto unreachable = run(command, away);
    ASSERT_TRUE(unreachable);
    EXPECT_EQ(unreachable->code, Code::kUnreachable) << unreachable->text;
    EXPECT_TRUE(unreachable->never_sent);
    EXPECT_NE(unreachable->text.find("Check that this machine reaches the carrier's API."),
              std::string::npos)
        << unreachable->text;
  }
}

TEST(Commands, WhatTheCarrierWillNotDoIsReportedOnceWithWhatToDo) {
  struct Refusal {
    int status;
    const char *twilio, *telnyx;
    Code code;
  };
  const Refusal refusals[] = {
      {401, R"({"code":20003,"message":"Authenticate"})",
       R"({"errors":[{"code":"10009","title":"Authentication failed"}]})", Code::kBadKey},
      {400, R"({"code":21211,"message":"not valid"})",
       R"({"errors":[{"code":"10015","title":"Bad Request"}]})", Code::kBadNumber},
  };
  for (const auto& command : commands()) {
    SCOPED_TRACE(std::string(command.carrier) + " " + command.name);
    const bool twilio = command.carrier == std::string("twilio");
    for (const auto& refusal : refusals) {
      World world;
      world.answer(refusal.status, twilio ? refusal.twilio : refusal.telnyx);
      const auto error = run(command, world);
      ASSERT_TRUE(error);
      EXPECT_EQ(error->code,
                !twilio && refusal.code == Code::kBadNumber ? Code::kBadRequest : refusal.code);
      EXPECT_EQ(world.server.requests(), 1u);
    }
    // A call that is over: the end of hanging up, the answer to a question, else an error.
    World world;
    world.answer(twilio ? 404 : 422, twilio ? R"({"code":20404,"message":"not found"})"
                                            : R"({"errors":[{"code":"90018","title":"ended"}]})");
    const auto error = run(command, world);
    const std::string name = command.name;
    if (name == "hang-up" || name == "look-up") {
      EXPECT_FALSE(error);
    } else {
      ASSERT_TRUE(error);
      const bool new_call = name == "dial" || (twilio && name == "consult");
      EXPECT_EQ(error->code, new_call ? Code::kBadRequest : Code::kCallOver) << error->text;
    }
  }
}
