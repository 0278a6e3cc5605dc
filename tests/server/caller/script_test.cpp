#include "server/caller/script.h"

#include <gtest/gtest.h>

using namespace centralita::caller;
using namespace std::chrono_literals;
using Kind = Step::Kind;

namespace {

std::string error_of(std::string_view text) {
  const auto script = parse_script_text(text);
  return script ? "no error" : script.error();
}

std::string json_error_of(std::string_view text) {
  const auto script = parse_script_json(text);
  return script ? "no error" : script.error();
}

}  // namespace

TEST(Script, TextGivesTheStepsInOrderWithTheirValues) {
  const auto script = parse_script_text(
      "wait-greeting; say a.wav; wait-reply 2; wait-for-agent\n barge-in 1.5 \"my file.wav\"; "
      "dtmf 12#; silence 0.5; wait 3; hang-up");
  ASSERT_TRUE(script) << script.error();
  const auto& steps = script->steps;
  ASSERT_EQ(steps.size(), 9u);
  EXPECT_EQ(steps[0].kind, Kind::kWaitGreeting);
  EXPECT_EQ(steps[0].time, 1200ms);
  EXPECT_EQ(steps[1].kind, Kind::kSay);
  EXPECT_EQ(steps[1].file, "a.wav");
  EXPECT_EQ(steps[2].kind, Kind::kWaitReply);
  EXPECT_EQ(steps[2].time, 2s);
  EXPECT_EQ(steps[3].kind, Kind::kWaitForAgent);
  EXPECT_EQ(steps[4].kind, Kind::kBargeIn);
  EXPECT_EQ(steps[4].time, 1500ms);
  EXPECT_EQ(steps[4].file, "my file.wav");
  EXPECT_EQ(steps[5].digits, "12#");
  EXPECT_EQ(steps[6].kind, Kind::kSilence);
  EXPECT_EQ(steps[6].time, 500ms);
  EXPECT_EQ(steps[7].time, 3s);
  EXPECT_EQ(steps[8].kind, Kind::kHangUp);
}

TEST(Script, HangUpIsAddedWhereTheEndIsMissing) {
  EXPECT_EQ(parse_script_text("wait 1")->steps.back().kind, Kind::kHangUp);
  EXPECT_EQ(parse_script_text("wait 1;")->steps.size(), 2u);
  EXPECT_EQ(parse_script_text("wait-end")->steps.size(), 1u);
}

TEST(Script, TextErrorsNameTheStepAndTheColumn) {
  EXPECT_EQ(error_of("wait 1; sya a.wav"), "step 2, column 9: unknown step 'sya'");
  EXPECT_EQ(error_of("say"), "step 1, column 1: say needs a file");
  EXPECT_EQ(error_of("say a.wav b.wav"), "step 1, column 1: say needs a file");
  EXPECT_EQ(error_of("wait-greeting;  wait soon"),
            "step 2, column 17: wait needs seconds, from 0 to 3600");
  EXPECT_EQ(error_of("wait -1"), "step 1, column 1: wait needs seconds, from 0 to 3600");
  EXPECT_EQ(error_of("wait 1s"), "step 1, column 1: wait needs seconds, from 0 to 3600");
  EXPECT_EQ(error_of("barge-in c.wav"),
            "step 1, column 1: barge-in needs seconds, from 0 to 3600, and a file");
  EXPECT_EQ(error_of("wait 1; dtmf 1x"), "step 2, column 9: dtmf needs keys: 0-9 * # A-D");
  EXPECT_EQ(error_of("hang-up now"), "step 1, column 1: hang-up takes nothing");
  EXPECT_EQ(error_of("wait 1; say \"a.wav"), "step 2, column 13: a quote is not closed");
  EXPECT_EQ(error_of("hang-up; wait 1"), "step 2: nothing can follow hang-up");
  EXPECT_EQ(error_of(" ; "), "the script has no steps");
}

TEST(Script, JsonGivesTheSameStepsAndTimeouts) {
  const auto script = parse_script_json(R"({"steps": ["wait-greeting", {"say": "a.wav"},
      {"wait-reply": {"quiet": 2, "timeout": 40}}, {"wait-reply": 0.8},
      {"barge-in": {"after": 1.5, "file": "/b.wav"}}, {"dtmf": "1"}, {"wait": 2},
      {"wait-end": {"timeout": 5}}]})",
                                        "calls");
  ASSERT_TRUE(script) << script.error();
  const auto& steps = script->steps;
  ASSERT_EQ(steps.size(), 8u);
  EXPECT_EQ(steps[1].file, "calls/a.wav");
  EXPECT_EQ(steps[2].time, 2s);
  EXPECT_EQ(steps[2].timeout, 40s);
  EXPECT_EQ(steps[3].time, 800ms);
  EXPECT_EQ(steps[4].time, 1500ms);
  EXPECT_EQ(steps[4].file, "/b.wav");
  EXPECT_EQ(steps[7].timeout, 5s);
}

TEST(Script, JsonErrorsNameTheStep) {
  EXPECT_EQ(json_error_of(R"({"steps": ["wait-reply", "say"]})"), "step 2: say needs a file");
  EXPECT_EQ(json_error_of(R"([{"say": "a.wav", "wait": 1}])"),
            "step 1: a step has exactly one name");
  EXPECT_EQ(json_error_of(R"([{"barge-in": {"file": "a.wav"}}])"),
            "step 1: barge-in needs seconds, from 0 to 3600, and a file");
  EXPECT_EQ(json_error_of(R"([{"barge-in": {"after": 1, "file": "a.wav", "loud": 1}}])"),
            "step 1: barge-in needs seconds, from 0 to 3600, and a file");
  EXPECT_EQ(json_error_of(R"([{"shout": 1}])"), "step 1: unknown step 'shout'");
  EXPECT_EQ(json_error_of(R"([7])"), "step 1: a step is a name or an object with one");
  EXPECT_EQ(json_error_of(R"({"step": []})"), "a script is {\"steps\": [...]}");
  EXPECT_NE(json_error_of("{").find("1:"), std::string::npos);  // line and column
}

TEST(Script, TheDefaultWaitsForTheGreetingAndForAReplyToEachFile) {
  const auto script = default_script({"a.wav", "b.wav"});
  ASSERT_EQ(script.steps.size(), 6u);
  EXPECT_EQ(script.steps[0].kind, Kind::kWaitGreeting);
  EXPECT_EQ(script.steps[1].file, "a.wav");
  EXPECT_EQ(script.steps[2].kind, Kind::kWaitReply);
  EXPECT_EQ(script.steps[5].kind, Kind::kHangUp);
  EXPECT_EQ(script.files(), (std::vector<std::string>{"a.wav", "b.wav"}));
}

TEST(Script, AFileThatIsSaidTwiceIsReadOnce) {
  EXPECT_EQ(parse_script_text("say a.wav; say b.wav; say a.wav")->files(),
            (std::vector<std::string>{"a.wav", "b.wav"}));
}
