#include "server/agents/codec.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;
using agents::Profile;

namespace {

agents::AgentDocument document(const std::string& text) {
  auto read = agents::read_document(text);
  EXPECT_TRUE(read) << read.error();
  return read ? *read : agents::AgentDocument{};
}

agents::Reading reading_of(const std::string& text, std::optional<Profile> profile = std::nullopt) {
  return agents::read_config(document(text), profile);
}

TEST(AgentDocument, ProfileOverridesWhatIsSharedAndTheRestIsShared) {
  const std::string text = R"({"schema": 1, "shared": {"temperature": 0.2, "voice_speed": 1.5},
      "profiles": {"twilio": {"voice_speed": 0.9}}})";
  EXPECT_EQ(reading_of(text, Profile::kTwilio).config.voice_speed, 0.9);
  EXPECT_EQ(reading_of(text, Profile::kTwilio).config.temperature, 0.2);
  EXPECT_EQ(reading_of(text, Profile::kTelnyx).config.voice_speed, 1.5);
  EXPECT_EQ(reading_of(text).config.voice_speed, 1.5);
}

TEST(AgentDocument, ReadingSaysWhereEachSettingComesFrom) {
  const auto sources =
      reading_of(R"({"schema": 1, "shared": {"temperature": 0.2, "voice_speed": 1.5},
      "profiles": {"twilio": {"voice_speed": 0.9}}})",
                 Profile::kTwilio)
          .sources;
  EXPECT_EQ(sources.at("temperature"), agents::Source::kShared);
  EXPECT_EQ(sources.at("voice_speed"), agents::Source::kProfile);
  EXPECT_FALSE(sources.contains("voice_name"));
}

TEST(AgentDocument, FormOfTheFirstVersionIsStillRead) {
  const auto old =
      reading_of(R"({"temperature": 0.2, "idle_timeout_ms": 7500})", Profile::kBrowser);
  EXPECT_TRUE(old.remarks.empty());
  EXPECT_EQ(old.config.temperature, 0.2);
  EXPECT_EQ(old.config.idle_timeout, 7'500ms);
}

TEST(AgentDocument, WhatALaterVersionAddedIsPassedOver) {
  const auto later = reading_of(R"({"schema": 9, "shared": {"temperature": 0.2, "telepathy": true},
      "teams": {}, "profiles": {"sms": {}}})");
  EXPECT_EQ(later.config.temperature, 0.2);
  EXPECT_EQ(later.remarks,
            std::vector<std::string>{"telepathy is not known here and is passed over"});
}

TEST(AgentDocument, NumbersOutOfRangeAreBroughtToItsEndWithARemark) {
  const auto reading = reading_of(R"({"temperature": 7, "voice_pitch": -40, "max_tokens": 1e300,
                             "silence_timeout_ms": -1, "vad_threshold": 0.96})");
  EXPECT_EQ(reading.config.temperature, 2);
  EXPECT_EQ(reading.config.voice_pitch, -12);
  EXPECT_EQ(reading.config.max_tokens, 8'192);
  EXPECT_EQ(reading.config.silence_timeout, 100ms);
  EXPECT_EQ(reading.config.vad_threshold, 0.95);
  ASSERT_EQ(reading.remarks.size(), 5u);
  EXPECT_EQ(reading.remarks[0], "temperature 7 is out of 0-2: 2 is used");
}

TEST(AgentDocument, ValuesOfTheWrongTypeStayAtTheirDefaultsWithARemark) {
  const auto reading = reading_of(
      R"({"temperature": "hot", "speak_first": 1, "first_message": {}, "max_tokens": 250.0})");
  EXPECT_EQ(reading.config.temperature, AgentConfig{}.temperature);
  EXPECT_TRUE(reading.config.speak_first);
  EXPECT_EQ(reading.config.first_message, "");
  EXPECT_EQ(reading.config.max_tokens, 250);
  EXPECT_EQ(reading.remarks.size(), 3u);
}

TEST(AgentDocument, OverrideThatCannotBeUsedLeavesWhatIsShared) {
  const auto reading = reading_of(R"({"schema": 1, "shared": {"voice_name": "es-MX-LarissaNeural"},
      "profiles": {"telnyx": {"voice_name": "a voice"}}})",
                                  Profile::kTelnyx);
  EXPECT_EQ(reading.config.voice_name, "es-MX-LarissaNeural");
  ASSERT_EQ(reading.remarks.size(), 1u);
  EXPECT_EQ(reading.remarks[0].find("telnyx: voice_name"), 0u) << reading.remarks[0];
}

TEST(AgentDocument, NullIsTheDefaultAndNoRemark) {
  const auto reading = reading_of(R"({"temperature": null})");
  EXPECT_TRUE(reading.remarks.empty());
  EXPECT_EQ(reading.config.temperature, AgentConfig{}.temperature);
}

TEST(AgentDocument, TextThatIsTooLongIsCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 1'200; ++i) text += "ñ";
  const auto reading = reading_of("{\"first_message\": \"" + text + "\"}");
  EXPECT_EQ(reading.config.first_message, text.substr(0, 2'000));
  EXPECT_EQ(reading.remarks.size(), 1u);
}

TEST(AgentDocument, PatchReplacesAddsAndTakesAwayAndLeavesTheOldOneAlone) {
  const auto before = document(R"({"schema": 1, "shared": {"temperature": 0.2, "voice_speed": 1.5},
      "profiles": {"twilio": {"voice_speed": 0.9, "voice_pitch": 1}}})");
  const auto text_before = agents::to_text(before);
  const auto after = agents::merged(
      before, json::parse(R"({"shared": {"temperature": 0.4, "voice_speed": null, "max_tokens": 99},
          "profiles": {"twilio": {"voice_speed": null}, "browser": {"voice_volume": 50}}})")
                  ->object());
  EXPECT_EQ(agents::to_text(before), text_before);
  EXPECT_EQ(after.shared.number("temperature"), 0.4);
  EXPECT_FALSE(after.shared.has("voice_speed"));
  EXPECT_EQ(after.shared.integer("max_tokens"), 99);
  EXPECT_FALSE(after.of(Profile::kTwilio).has("voice_speed"));
  EXPECT_EQ(after.of(Profile::kTwilio).integer("voice_pitch"), 1);
  EXPECT_EQ(after.of(Profile::kBrowser).integer("voice_volume"), 50);
}

TEST(AgentDocument, DifferencesNameThePlaceAndBothValues) {
  const auto before = document(R"({"schema": 1, "shared": {"temperature": 0.25}})");
  const auto after = agents::merged(
      before,
      json::parse(R"({"shared": {"temperature": 0.5}, "profiles": {"twilio": {"max_tokens": 99}}})")
          ->object());
  EXPECT_EQ(agents::differences(before, after).to_string(),
            R"([{"path":"/shared/temperature","from":0.25,"to":0.5},)"
            R"({"path":"/profiles/twilio/max_tokens","to":99}])");
  EXPECT_EQ(agents::differences(after, after).size(), 0u);
}

TEST(AgentDocument, CleanedKeepsWhatIsRightAndSaysWhatWasNot) {
  std::vector<std::string> remarks;
  const auto clean = agents::cleaned(
      document(R"({"schema": 1, "shared": {"temperature": 7, "colour": 1, "max_tokens": 99},
          "profiles": {"twilio": {"voice_speed": "fast"}}})"),
      remarks);
  EXPECT_EQ(agents::to_text(clean), R"({"schema":1,"shared":{"max_tokens":99,"temperature":2.0},)"
                                    R"("profiles":{"browser":{},"twilio":{},"telnyx":{}}})");
  EXPECT_EQ(remarks.size(), 3u);
}

TEST(AgentDocument, TextThatIsNoObjectIsAnError) {
  EXPECT_FALSE(agents::read_document("[1]"));
  EXPECT_FALSE(agents::read_document("nonsense"));
  EXPECT_FALSE(agents::read_document(""));
}

}  // namespace
