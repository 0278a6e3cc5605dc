// The script as a function: a conversation in, a reply out.
#include "server/sandbox/script.h"
#include "plugins/base/json.h"
#include "server/sandbox/extractor.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace centralita::sandbox;

namespace {

std::string reply_to(const std::string& heard) { return script_reply({{"user", heard}}, {}).text; }
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST(Script, AnswersInTheLanguageOfTheLastWords) {
  EXPECT_EQ(language_of("Quiero una cita para el martes.", "en"), "es");
  EXPECT_EQ(language_of("I need an appointment on Tuesday.", "es"), "en");
  EXPECT_TRUE(has(reply_to("Hola, buenos días."), "gracias por llamar"));
  EXPECT_TRUE(has(reply_to("Hello, good morning."), "thank you for calling"));
}

TEST(Script, WithoutWordsItTakesTheLanguageOfTheInstructions) {
  EXPECT_TRUE(has(
      script_reply({{"system", "You are the receptionist of a dentist. Answer in English."}}, {})
          .text,
      "Hello"));
  EXPECT_TRUE(
      has(script_reply(
              {{"system", "Eres la recepcionista de un dentista y hablas con los pacientes."}}, {})
              .text,
          "Hola"));
}

TEST(Script, AnswersWhatACallerAsks) {
  EXPECT_TRUE(has(reply_to("¿A qué hora abren?"), "lunes a viernes"));
  EXPECT_TRUE(has(reply_to("¿Cuánto cuesta?"), "treinta"));
  EXPECT_TRUE(has(reply_to("¿Dónde están?"), "calle Mayor"));
  EXPECT_TRUE(has(reply_to("Quiero hablar con una persona."), "ninguna persona"));
  EXPECT_TRUE(has(reply_to("Muchas gracias."), "De nada"));
  EXPECT_TRUE(has(reply_to("Hasta luego."), "Gracias por llamar"));
  EXPECT_TRUE(has(reply_to("What time do you close?"), "Monday to Friday"));
  EXPECT_TRUE(has(reply_to("Thank you."), "welcome"));
  EXPECT_TRUE(has(reply_to("Goodbye."), "Goodbye"));
}

TEST(Script, PassesOnWhatTheSwitchboardTellsItAndDoesNotActOnIt) {
  const ScriptTool transfer{"transfer_call", "Hand the caller to a person.", {}};
  const auto reply =
      script_reply({{"user", "[The transfer to ventas failed: the line is busy.]"}}, {transfer});
  EXPECT_FALSE(reply.call);
  EXPECT_TRUE(has(reply.text, "The transfer to ventas failed: the line is busy."));
}

TEST(Script, SaysHonestlyThatThereIsNoModelBehindIt) {
  EXPECT_TRUE(has(reply_to("¿Quién es usted?"), "no hay ningún modelo"));
  EXPECT_TRUE(has(reply_to("Are you a robot?"), "no language model"));
}

TEST(Script, RemembersDayHourAndNameOfEarlierTurns) {
  std::vector<ScriptMessage> talk{{"user", "Me llamo Sandra."}};
  EXPECT_TRUE(has(script_reply(talk, {}).text, "Mucho gusto, Sandra"));
  talk.push_back({"user", "Quiero una cita."});
  EXPECT_TRUE(has(script_reply(talk, {}).text, "qué día"));
  talk.push_back({"user", "El martes."});
  EXPECT_TRUE(has(script_reply(talk, {}).text, "el martes. ¿A qué hora"));
  talk.push_back({"user", "A las diez."});
  const auto booked = script_reply(talk, {}).text;
  EXPECT_TRUE(has(booked, "Sandra") && has(booked, "el martes a las diez")) << booked;
}

TEST(Script, RepeatsWhatItSaidLast) {
  const std::vector<ScriptMessage> talk{{"user", "¿Cuánto cuesta?"},
                                        {"assistant", "Cuesta treinta euros."},
                                        {"user", "¿Puede repetir?"}};
  EXPECT_EQ(script_reply(talk, {}).text, "Cuesta treinta euros.");
}

TEST(Script, TellsWhatItUnderstoodWhenItHasNoAnswer) {
  EXPECT_TRUE(has(reply_to("Mensaje borrado."), "He entendido: Mensaje borrado. Puede decir"));
  EXPECT_TRUE(has(reply_to("Weasels have eaten our phone system."), "I understood: Weasels"));
}

TEST(Script, ARequiredToolIsAlwaysCalled) {
  const auto reply =
      script_reply({{"user", "hola"}}, {{"save_note", "", {}}}, ToolChoice::kRequired);
  ASSERT_TRUE(reply.call);
  EXPECT_EQ(reply.call->name, "save_note");
}

TEST(Script, AToolThatDoesNotFitIsLeftAlone) {
  EXPECT_FALSE(
      script_reply({{"user", "¿Cuánto cuesta?"}}, {{"get_weather", "Current weather", {}}}).call);
  EXPECT_TRUE(
      script_reply({{"user", "¿Qué tiempo hace hoy?"}}, {{"get_weather", "Current weather", {}}})
          .call);
}

TEST(Extractor, FindsWhoWhyAndWhenInAConversation) {
  const std::string schema =
      R"({"type":"object","properties":{"intent":{"enum":["agendar_cita","consulta",null]},)"
      R"("extracted_entities":{"type":"object","properties":{"name":{"type":["string","null"]},)"
      R"("phone":{"type":["string","null"]},"appointment_date":{"type":["string","null"]}}},)"
      R"("colors":{"type":"array"},"sentiment":{"enum":["positive","negative",null]}}})";
  const auto found = extract(
      {{"system", "Answer with JSON Schema:\n" + schema + "\nmore"},
       {"user",
        "The call began on Friday 2026-11-27T21:10+0000.\n<transcript>\nAGENT: ¿En qué le ayudo?\n"
        "CALLER: Me llamo Ana López, quiero una cita el martes a las diez.\n"
        "CALLER: Mi teléfono es 55 1234 5678, gracias.\n</transcript>"}});
  ASSERT_TRUE(found);
  const auto data = json::parse(*found)->object();
  EXPECT_EQ(data.string("intent"), "agendar_cita");
  EXPECT_EQ(data.string("sentiment"), "positive");
  EXPECT_EQ(data.array("colors")->size(), 0u);
  const auto entities = *data.object("extracted_entities");
  EXPECT_EQ(entities.string("name"), "Ana López");
  EXPECT_EQ(entities.string("phone"), "5512345678");
  EXPECT_EQ(entities.string("appointment_date"), "2026-12-01T10:00:00");
  EXPECT_FALSE(extract({{"system", "x"}, {"user", "hola"}}));
}
