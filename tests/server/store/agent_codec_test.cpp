#include "server/store/agent_codec.h"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using centralita::AgentConfig;
using centralita::store::decode_agent;
using centralita::store::encode_agent;

namespace {

TEST(AgentCodec, WhatIsWrittenReadsBackTheSame) {
  AgentConfig config;
  config.id = 7;
  config.name = "ventas";
  config.instructions = "Líneas\ncon \"comillas\" y ñ";
  config.llm_model = "openai/gpt-oss-20b";
  config.temperature = 0;
  config.max_tokens = 321;
  config.context_window = 5;
  config.first_message = "Hola";
  config.speak_first = false;
  config.voice_language = "es-ES";
  config.voice_name = "es-ES-ElviraNeural";
  config.voice_speed = 1.25;
  config.voice_pitch = -3;
  config.voice_volume = 0;
  config.stt_model = "whisper-large-v3";
  config.stt_language = "es-ES";
  config.vad_threshold = 0.35;
  config.silence_timeout = 450ms;
  config.barge_in_enabled = false;
  config.idle_timeout = 7'500ms;
  config.idle_message = "¿Hola?";
  config.inactivity_max_retries = 0;
  config.max_duration = 90s;
  config.apology_message = "Perdón";

  const auto agent = decode_agent(7, "ventas", encode_agent(config));
  ASSERT_TRUE(agent) << agent.error();
  EXPECT_TRUE(agent->remarks.empty()) << agent->remarks.front();
  EXPECT_EQ(encode_agent(agent->config), encode_agent(config));
  EXPECT_EQ(agent->config.id, 7);
  EXPECT_EQ(agent->config.name, "ventas");
  EXPECT_EQ(agent->config.temperature, 0);
  EXPECT_EQ(agent->config.voice_volume, 0);
  EXPECT_EQ(agent->config.idle_timeout, 7'500ms);
  EXPECT_FALSE(agent->config.speak_first);
}

TEST(AgentCodec, MissingAndNullMembersStayAtTheirDefaultsInSilence) {
  const auto agent = decode_agent(1, "a", R"({"temperature": null})");
  ASSERT_TRUE(agent);
  EXPECT_TRUE(agent->remarks.empty());
  EXPECT_EQ(encode_agent(agent->config), encode_agent(AgentConfig{}));
}

TEST(AgentCodec, UnknownMembersArePassedOverWithARemark) {
  const auto agent = decode_agent(1, "a", R"({"voice_colour": "blue", "max_tokens": 100})");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->config.max_tokens, 100);
  ASSERT_EQ(agent->remarks.size(), 1u);
  EXPECT_NE(agent->remarks[0].find("voice_colour"), std::string::npos);
}

TEST(AgentCodec, NumbersOutOfRangeAreBroughtToItsEndWithARemark) {
  const auto agent = decode_agent(1, "a",
                                  R"({"temperature": 7, "voice_pitch": -40, "max_tokens": 1e300,
                                      "silence_timeout_ms": -1, "vad_threshold": 0.96})");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->config.temperature, 2);
  EXPECT_EQ(agent->config.voice_pitch, -12);
  EXPECT_EQ(agent->config.max_tokens, 8'192);
  EXPECT_EQ(agent->config.silence_timeout, 100ms);
  EXPECT_EQ(agent->config.vad_threshold, 0.95);
  EXPECT_EQ(agent->remarks.size(), 5u);
  EXPECT_EQ(agent->remarks[0], "temperature 7 is out of 0-2: 2 is used");
}

TEST(AgentCodec, MembersOfTheWrongTypeStayAtTheirDefaultsWithARemark) {
  const auto agent = decode_agent(
      1, "a",
      R"({"temperature": "hot", "speak_first": 1, "first_message": {}, "max_tokens": 250.0})");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->config.temperature, AgentConfig{}.temperature);
  EXPECT_TRUE(agent->config.speak_first);
  EXPECT_EQ(agent->config.first_message, "");
  EXPECT_EQ(agent->config.max_tokens, 250);
  EXPECT_EQ(agent->remarks.size(), 3u);
}

TEST(AgentCodec, DocumentThatIsNoObjectIsAnError) {
  EXPECT_FALSE(decode_agent(1, "a", "[1]"));
  EXPECT_FALSE(decode_agent(1, "a", "nonsense"));
  EXPECT_FALSE(decode_agent(1, "a", ""));
}

}  // namespace
