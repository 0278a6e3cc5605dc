// Who answers an outbound call: a person, a machine with its beep, nobody who speaks, a menu. Each
// with its times, which are the table of docs/carriers.md.
#include "tests/calls/carriers_world.h"

#include <cmath>

using namespace centralita;
using namespace centralita::caller;

namespace {

using Kind = Callee::Kind;

constexpr char kMessage[] = "Hola, le llamamos de la oficina. Le volveremos a llamar.";
constexpr char kLeave[] =
    R"({"action":"leave-message","message":"Hola, le llamamos de la oficina. Le volveremos a llamar."})";
constexpr char kHangUp[] = R"({"action":"hang-up"})";

struct Case {
  const char* who;
  const char* voicemail;  // in words
  const char* order;
  Callee callee;
  const char* script;
  Scenario* call = nullptr;
};

// When the agent is heard, in ms of the call; every 20 ms with voice in it.
std::vector<double> heard_at(const CarrierCall& call) {
  std::vector<double> times;
  const double began = *call.when("stream") + call.report.setup_ms;
  const auto& heard = call.report.heard;
  for (std::size_t at = 0; at + 160 <= heard.size(); at += 160)
    if (level_dbfs(heard, 8000, static_cast<double>(at) / 8, static_cast<double>(at) / 8 + 20) >
        -45)
      times.push_back(began + static_cast<double>(at) / 8);
  return times;
}

std::optional<double> first_after(const std::vector<double>& times, double at) {
  for (const double time : times)
    if (time >= at)
      return time;
  return std::nullopt;
}

std::string ms(const std::optional<double>& value) {
  return value ? std::to_string(std::lround(*value)) : "-";
}

}  // namespace

TEST(Machines, WhoAnswersIsFoundOutBesideTheGreetingAndTheRestFollowsWithoutDeadAir) {
  // The recording's length and the beep's.
  const std::vector<Case> kinds = {
      {"person", "hang-up", kHangUp, {.kind = Kind::kPerson}, "wait-greeting; hang-up"},
      {"person", "leave-message", kLeave, {.kind = Kind::kPerson}, "wait-greeting; hang-up"},
      {"machine with a beep",
       "leave-message",
       kLeave,
       {.kind = Kind::kMachine, .detection_seconds = 1, .greeting_seconds = 2.8},
       "say es/vm-theperson; say es/beep; wait-end"},
      {"machine with a beep",
       "hang-up",
       kHangUp,
       {.kind = Kind::kMachine, .detection_seconds = 1, .greeting_seconds = 2.8},
       "say es/vm-theperson; say es/beep; wait-end"},
      {"silence",
       "leave-message",
       kLeave,
       {.kind = Kind::kSilence, .detection_seconds = 2.5},
       "silence 5; hang-up"},
      {"menu (IVR)",
       "leave-message",
       kLeave,
       {.kind = Kind::kIvr, .detection_seconds = 1.5, .greeting_seconds = 5.5},
       "say es/vm-nobodyavail; wait-end"},
      {"menu (IVR)",
       "hang-up",
       kHangUp,
       {.kind = Kind::kIvr, .detection_seconds = 1.5},
       "say es/vm-nobodyavail; wait-end"},
      {"busy", "hang-up", kHangUp, {.kind = Kind::kBusy}, "hang-up"},
      {"nobody", "hang-up", kHangUp, {.kind = Kind::kNoAnswer}, "hang-up"},
  };
  Calls calls;
  calls.greet_once();
  std::vector<Case> cases;
  for (auto* carrier : world().carriers())
    for (auto each : kinds) {
      each.call = &calls.outbound(carrier, each.callee, each.script, each.order);
      cases.push_back(each);
    }
  calls.wait();
  std::printf(
      "| carrier | who answers | told to | agent heard after the answer | who it is, known "
      "after | message begins after the beep | hung up after | history |\n"
      "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n");
  int spoken_to = 0;
  for (const auto& each : cases) {
    const auto& call = each.call->call;
    const std::string name =
        std::string(world().name_of(each.call->carrier)) + " " + each.who + ", " + each.voicemail;
    SCOPED_TRACE(name);
    EXPECT_TRUE(call.violations.empty()) << said(call);
    const auto history = calls.history(*each.call);
    const auto row = *history.object("call");
    EXPECT_EQ(row.string("direction"), "outbound");
    EXPECT_EQ(row.string("to"), each.call->to);
    const auto status = row.string("status").value_or("");
    if (each.callee.kind == Kind::kBusy || each.callee.kind == Kind::kNoAnswer) {
      const auto* expected = each.callee.kind == Kind::kBusy ? "busy" : "no-answer";
      EXPECT_EQ(status, expected) << said(call);
      EXPECT_EQ(row.string("end_cause"), expected);
      continue;
    }
    const double answered = *call.when("answered");
    const auto heard = heard_at(call);
    const auto greeting = first_after(heard, answered);
    std::optional<double> known;
    for (const char* result :
         {"human", "machine", "machine_start", "not_sure", "unknown", "greeting over"})
      if (const auto at = call.when(result); at && (!known || *at < *known))
        known = at;
    ASSERT_TRUE(greeting && known) << said(call);
    // The agent speaks before anybody knows who it is.
    EXPECT_LT(*greeting - answered - call.report.setup_ms, 1000 * times_slower()) << said(call);
    if (times_slower() == 1) {
      EXPECT_LT(*greeting, *known) << said(call);
    }
    ++spoken_to;
    std::optional<double> message, hung_up;
    const bool leaves = std::string_view(each.voicemail) == "leave-message";
    if (!each.callee.machine()) {
      // Nothing is cut off by what the carrier says, and the conversation is one.
      EXPECT_TRUE(call.report.clears.empty()) << said(call);
      EXPECT_EQ(status, "completed");
      EXPECT_EQ(row.string("end_cause"), "caller-hung-up");
    } else {
      EXPECT_EQ(status, "voicemail");
      EXPECT_EQ(call.end, "server") << said(call);
      for (const auto& moment : call.moments)
        if (!hung_up && moment.what.starts_with("over"))
          hung_up = moment.ms;
      if (leaves) {
        ASSERT_TRUE(call.when("greeting over")) << said(call);
        const double beep = *call.when("greeting over");
        const auto first = first_after(heard, beep + 60);  // what was on its way has been cleared
        ASSERT_TRUE(first) << said(call);
        message = *first - beep;
        EXPECT_GT(*message, 0);
        EXPECT_LT(*message, 1000 * times_slower()) << said(call);
        // What the machine said may be in the history behind it.
        EXPECT_EQ(count(lines_of(history), std::string("assistant: ") + kMessage), 1)
            << history.to_string();
        // All of it is heard before the line is closed.
        ASSERT_TRUE(hung_up);
        EXPECT_GT(*hung_up - beep, 2500);
      } else {
        ASSERT_TRUE(hung_up) << said(call);
        EXPECT_LT(*hung_up - *known, 1500 * times_slower()) << said(call);
      }
    }
    std::printf("| %s | %s | %s | %s ms | %s ms | %s | %s | %s |\n",
                world().name_of(each.call->carrier), each.who, each.voicemail,
                ms(*greeting - answered).c_str(), ms(*known - answered).c_str(),
                message ? (ms(message) + " ms").c_str() : "-",
                hung_up ? (ms(*hung_up - answered) + " ms").c_str() : "-", status.c_str());
  }
  EXPECT_EQ(spoken_to, 14);
}
