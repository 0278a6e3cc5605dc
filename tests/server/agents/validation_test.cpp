#include "server/agents/validation.h"

#include <gtest/gtest.h>

#include <map>

using namespace centralita;
using agents::Language;

namespace {

std::vector<agents::Mistake> mistakes_in(const std::string& body,
                                         Language language = Language::kEnglish,
                                         bool is_new = false) {
  const auto document = json::parse(body);
  EXPECT_TRUE(document) << document.error();
  return agents::check_write(document->object(), is_new, language);
}

std::map<std::string, std::string> codes(const std::vector<agents::Mistake>& mistakes) {
  std::map<std::string, std::string> all;
  for (const auto& mistake : mistakes) all[mistake.path] = mistake.code;
  return all;
}

TEST(AgentValidation, WhatIsRightIsNotAMistake) {
  EXPECT_TRUE(mistakes_in(R"({"name": "Ventas", "shared": {"temperature": 0, "max_tokens": 250.0,
      "voice_language": "es-419", "barge_in_enabled": false, "first_message": "¿Bueno? ñ"},
      "profiles": {"twilio": {"voice_speed": 0.9}, "telnyx": {}}})",
                          Language::kEnglish, true)
                  .empty());
}

TEST(AgentValidation, EveryMistakeIsNamedAtOnceWithItsPlace) {
  const auto found = codes(mistakes_in(R"({"name": " ", "colour": 1, "shared": {
      "temperature": 7, "max_tokens": 250.5, "voice_speed": "fast", "first_message": 3,
      "speak_first": "true", "voice_language": "Español", "voice_name": "", "voice_colour": 1},
      "profiles": {"sms": {}, "twilio": {"idle_timeout_ms": 5}, "telnyx": 4}})"));
  EXPECT_EQ(found, (std::map<std::string, std::string>{
                       {"/name", "too-short"},
                       {"/colour", "unknown"},
                       {"/shared/temperature", "out-of-range"},
                       {"/shared/max_tokens", "wrong-type"},
                       {"/shared/voice_speed", "wrong-type"},
                       {"/shared/first_message", "wrong-type"},
                       {"/shared/speak_first", "wrong-type"},
                       {"/shared/voice_language", "bad-format"},
                       {"/shared/voice_name", "too-short"},
                       {"/shared/voice_colour", "unknown"},
                       {"/profiles/sms", "unknown"},
                       {"/profiles/twilio/idle_timeout_ms", "out-of-range"},
                       {"/profiles/telnyx", "wrong-type"}}));
}

TEST(AgentValidation, ReasonsAreInTheLanguageOfTheCaller) {
  const char* body = R"({"shared": {"temperature": 7}})";
  EXPECT_EQ(mistakes_in(body, Language::kEnglish).at(0).message, "must be from 0 to 2; it is 7");
  EXPECT_EQ(mistakes_in(body, Language::kSpanish).at(0).message, "debe estar entre 0 y 2; es 7");
}

TEST(AgentValidation, MistypedNameIsToldTheNearestOne) {
  const auto mistake = mistakes_in(R"({"shared": {"temprature": 1}})").at(0);
  EXPECT_NE(mistake.message.find("Did you mean temperature?"), std::string::npos)
      << mistake.message;
}

TEST(AgentValidation, SettingOutsideOfItsPlaceIsToldWhereItBelongs) {
  const auto mistake = mistakes_in(R"({"temperature": 1})").at(0);
  EXPECT_EQ(mistake.path, "/temperature");
  EXPECT_NE(mistake.message.find("shared"), std::string::npos) << mistake.message;
}

TEST(AgentValidation, PathsEscapeWhatJsonPointerReserves) {
  EXPECT_EQ(mistakes_in(R"({"shared": {"a/b~c": 1}})").at(0).path, "/shared/a~1b~0c");
}

TEST(AgentValidation, TextsAreMeasuredInCharacters) {
  std::string greeting;
  for (int i = 0; i < 1'000; ++i) greeting += "ñ";
  EXPECT_TRUE(mistakes_in(R"({"shared": {"first_message": ")" + greeting + "\"}}").empty());
  const auto found = mistakes_in(R"({"shared": {"first_message": ")" + greeting + "ñ\"}}");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, "too-long");
  EXPECT_NE(found[0].message.find("1001"), std::string::npos) << found[0].message;
}

TEST(AgentValidation, NullTakesASettingAwayAndIsNoMistake) {
  EXPECT_TRUE(
      mistakes_in(
          R"({"shared": {"temperature": null}, "profiles": {"twilio": {"voice_name": null}}})")
          .empty());
}

TEST(AgentValidation, OnlyANewAgentNeedsAName) {
  EXPECT_TRUE(mistakes_in("{}").empty());
  EXPECT_EQ(codes(mistakes_in("{}", Language::kEnglish, true)),
            (std::map<std::string, std::string>{{"/name", "missing"}}));
}

}  // namespace
