#include "pipelines/briefing.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

using namespace centralita;

namespace {

// Tuesday, 24 November 2026, 20:05 UTC.
CallStarted call() {
  setenv("TZ", "America/Mexico_City", 1);
  tzset();
  return {.session_id = "s",
          .client_type = "twilio",
          .from_number = "+525512345678",
          .to_number = "+525587654321",
          .start_time = WallTime(std::chrono::seconds(1'795'550'700))};
}

}  // namespace

TEST(Briefing, CallsOwnVariablesWinOverWhatItBroughtAndThatOverTheAgents) {
  AgentConfig agent;
  agent.name = "Ventas";
  agent.dynamic_vars = {{"product", "seguros"}, {"nombre", "quien llama"}, {"direction", "x"}};
  const auto variables =
      variables_of(agent, call(), {{"nombre", "Ana"}, {"caller_number", "+15550000000"}});
  EXPECT_EQ(variables.at("product"), "seguros");
  EXPECT_EQ(variables.at("nombre"), "Ana");
  EXPECT_EQ(variables.at("caller_number"), "+525512345678");
  EXPECT_EQ(variables.at("called_number"), "+525587654321");
  EXPECT_EQ(variables.at("direction"), "inbound");
  EXPECT_EQ(variables.at("channel"), "twilio");
  EXPECT_EQ(variables.at("agent_name"), "Ventas");
}

TEST(Briefing, WhatIsSaidOfACampaignIsOfTheCallsThatTheAgentPlaces) {
  AgentConfig agent;
  agent.endpointing_expects = false;
  agent.instructions = "Eres Andrea.";
  agent.first_message = "¿En qué puedo ayudarle?";
  agent.outbound_first_message = "Hola, {{nombre}}, le llamo de Seguros Azteca.";
  agent.outbound_context = "Llamas para renovar su póliza.";
  auto outbound = call();
  outbound.direction = "outbound";
  const auto placed = briefed(agent, outbound, {{"nombre", "Ana"}});
  EXPECT_EQ(placed.first_message, "Hola, Ana, le llamo de Seguros Azteca.");
  EXPECT_EQ(placed.instructions, "Eres Andrea.\n\nLlamas para renovar su póliza.");
  const auto answered = briefed(agent, call(), {});
  EXPECT_EQ(answered.first_message, "¿En qué puedo ayudarle?");
  EXPECT_EQ(answered.instructions, "Eres Andrea.");
}

TEST(Briefing, DateIsLocalAndInTheLanguageOfTheVoice) {
  AgentConfig agent;
  auto variables = variables_of(agent, call(), {});
  EXPECT_EQ(variables.at("date"), "24 de noviembre de 2026");
  EXPECT_EQ(variables.at("weekday"), "martes");
  EXPECT_EQ(variables.at("time"), "14:05");
  agent.voice_language = "en-US";
  variables = variables_of(agent, call(), {});
  EXPECT_EQ(variables.at("date"), "November 24, 2026");
  EXPECT_EQ(variables.at("weekday"), "Tuesday");
}

TEST(Briefing, OfAnOutboundCallTheOtherSideIsTheOneThatWasCalled) {
  auto outbound = call();
  outbound.direction = "outbound";
  EXPECT_EQ(variables_of({}, outbound, {}).at("caller_number"), "+525587654321");
}

TEST(Briefing, EverythingTheAgentSaysOfItselfIsFilledInAndTheModelGetsTheVariables) {
  AgentConfig agent;
  agent.dynamic_vars = {{"empresa", "Acme"}};
  agent.instructions = "Trabajas en {{empresa}}.";
  agent.first_message = "{{empresa}}, buenas.";
  agent.idle_message = "¿Sigue con {{empresa}}?";
  agent.apology_message = "{{empresa}} lo siente.";
  const auto told = briefed(agent, call(), {});
  EXPECT_EQ(told.instructions, "Trabajas en {{empresa}}.");  // by llmdialog
  EXPECT_EQ(told.dynamic_vars.at("empresa"), "Acme");
  EXPECT_EQ(told.dynamic_vars.at("caller_number"), "+525512345678");
  EXPECT_EQ(told.first_message, "Acme, buenas.");
  EXPECT_EQ(told.idle_message, "¿Sigue con Acme?");
  EXPECT_EQ(told.apology_message, "Acme lo siente.");
}

TEST(Briefing, WayOfSpeakingBecomesSentencesInTheLanguageOfTheVoice) {
  AgentConfig agent;
  EXPECT_EQ(style_sentences(agent), "");
  agent.response_length = "short";
  agent.conversation_tone = "warm";
  agent.conversation_formality = "casual";
  agent.conversation_pacing = "relaxed";
  EXPECT_EQ(style_sentences(agent),
            "Responde con una o dos frases cortas. Tu tono es cálido y cercano. Tutea, con "
            "naturalidad. Tómate tu tiempo y deja espacio a la otra persona.");
  agent.instructions = "You sell insurance.";
  agent.voice_language = "en-GB";
  EXPECT_EQ(briefed(agent, call(), {}).instructions,
            "You sell insurance.\n\nAnswer in one or two short sentences. Your tone is warm. Be "
            "casual. Take your time and leave room for the other person.");
}

TEST(Briefing, ModelIsAskedToSayWhatItWaitsForWhenThatMatters) {
  AgentConfig agent;
  agent.endpointing_expects = true;
  EXPECT_NE(briefed(agent, call(), {}).instructions.find("<expect digits N>"), std::string::npos);
  agent.endpointing_expects = false;
  EXPECT_EQ(briefed(agent, call(), {}).instructions, "");
}
