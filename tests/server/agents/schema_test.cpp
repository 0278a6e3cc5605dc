#include "server/agents/codec.h"
#include "server/agents/json_schema.h"
#include "server/agents/validation.h"
#include "server/agents/value.h"

#include <gtest/gtest.h>

#include <set>

using namespace centralita;

namespace {

json::Object settings() {
  return *agents::json_schema().object("$defs")->object("settings")->object("properties");
}

TEST(AgentSchema, EveryRowIsCompleteInBothLanguages) {
  std::set<std::string> names;
  for (const auto& field : agents::all_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name << " twice";
    for (const auto* words : {&field.title, &field.help}) {
      EXPECT_FALSE(words->es.empty()) << field.name;
      EXPECT_FALSE(words->en.empty()) << field.name;
      EXPECT_NE(words->es, words->en + ".") << field.name;
    }
    EXPECT_EQ(field.group.es.empty(), field.group.en.empty()) << field.name;
    EXPECT_LE(field.low, field.high) << field.name;
    if (agents::is_number(field)) {
      EXPECT_LT(field.low, field.high) << field.name << " has no range";
    }
  }
}

TEST(AgentSchema, TwoRowsNeverWriteTheSameMember) {
  // Changing one setting changes one setting.
  const auto usual = agents::settings_of({});
  for (const auto& field : agents::all_fields()) {
    AgentConfig config;
    agents::assign(field, agents::default_of(field).get(), config);
    EXPECT_EQ(agents::settings_of(config).to_string(), usual.to_string()) << field.name;
  }
  AgentConfig changed;
  changed.temperature = 1.25;
  changed.voice_speed = 1.5;
  const auto settings = agents::settings_of(changed);
  int different = 0;
  for (const auto& name : usual.names())
    different += !json_node_equal(usual.node(name.c_str()), settings.node(name.c_str()));
  EXPECT_EQ(different, 2);
}

TEST(AgentSchema, DefaultsPassTheirOwnValidation) {
  const auto body = json::Object().set("shared", agents::settings_of({}));
  for (const auto& mistake : agents::check_write(body, false, agents::Language::kEnglish))
    ADD_FAILURE() << mistake.path << " " << mistake.message;
}

TEST(AgentSchema, PublishedSchemaSaysTypeRangeDefaultAndMeaning) {
  const auto temperature = *settings().object("temperature");
  EXPECT_EQ(temperature.array("type")->strings(), (std::vector<std::string>{"number", "null"}));
  EXPECT_EQ(temperature.number("minimum"), 0);
  EXPECT_EQ(temperature.number("maximum"), 2);
  EXPECT_EQ(temperature.number("default"), AgentConfig{}.temperature);
  EXPECT_EQ(temperature.object("x-title")->string("es"), "Temperatura");
  EXPECT_EQ(temperature.object("x-title")->string("en"), "Temperature");
  EXPECT_EQ(temperature.string("x-tab"), "model");
  EXPECT_EQ(temperature.boolean("x-per-profile"), true);
  const auto idle = *settings().object("idle_timeout_ms");
  EXPECT_EQ(idle.string("x-unit"), "ms");
  EXPECT_EQ(idle.integer("default"), 10'000);
  EXPECT_EQ(idle.integer("minimum"), 1'000);
}

TEST(AgentSchema, PublishedSchemaIsDraft2020AndClosed) {
  const auto schema = agents::json_schema();
  EXPECT_EQ(schema.string("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema.boolean("additionalProperties"), false);
  EXPECT_EQ(schema.object("$defs")->object("settings")->boolean("additionalProperties"), false);
  EXPECT_EQ(schema.object("$defs")->object("overrides")->boolean("additionalProperties"), false);
  EXPECT_EQ(settings().names().size(), agents::all_fields().size());
  for (const auto& field : agents::all_fields()) {
    const bool overridable =
        schema.object("$defs")->object("overrides")->object("properties")->has(field.name);
    EXPECT_EQ(overridable, field.scope == agents::Scope::kProfile) << field.name;
  }
}

TEST(AgentSchema, TabsAreListedOnceInTheirOrder) {
  std::vector<std::string> tabs;
  for (const auto& tab : agents::json_schema().objects("x-tabs")) tabs.push_back(*tab.string("id"));
  EXPECT_EQ(std::set(tabs.begin(), tabs.end()).size(), tabs.size());
  EXPECT_EQ(tabs.front(), "model");
}

TEST(AgentLanguage, HighestQualityWins) {
  using agents::Language;
  using agents::preferred_language;
  EXPECT_EQ(preferred_language("es-MX,es;q=0.9,en;q=0.8"), Language::kSpanish);
  EXPECT_EQ(preferred_language("en-US,en;q=0.9,es;q=0.8"), Language::kEnglish);
  EXPECT_EQ(preferred_language("de, ES ;q=0.2"), Language::kSpanish);
  EXPECT_EQ(preferred_language("es;q=0"), Language::kEnglish);
  EXPECT_EQ(preferred_language("*"), Language::kEnglish);
  EXPECT_EQ(preferred_language(""), Language::kEnglish);
}

}  // namespace
