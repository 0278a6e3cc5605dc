#include "plugins/dialog/chat_request.h"
#include "plugins/dialog/model_names.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

constexpr char kTools[] =
    R"([{"type":"function","function":{"name":"colgar","parameters":{"type":"object","properties":{}}}}])";

json::Object body_of(const ChatRequest& request) {
  auto document = json::parse(to_json(request));
  EXPECT_TRUE(document);
  return document->object();
}

}  // namespace

TEST(ChatRequest, HasTheInstructionsInFrontAndAsksForAStreamWithUsage) {
  ChatRequest request{.model = "m", .instructions = "Sé \"breve\".\n"};
  request.messages.push_back({.content = "Hola"});
  EXPECT_EQ(
      to_json({.model = "m",
               .instructions = request.instructions,
               .messages = request.messages,
               .temperature = 0.5}),
      R"({"model":"m","messages":[{"role":"system","content":"Sé \"breve\".\n"},)"
      R"({"role":"user","content":"Hola"}],"stream":true,"stream_options":{"include_usage":true},)"
      R"("temperature":0.5})");
}

TEST(ChatRequest, WithoutInstructionsThereIsNoSystemMessage) {
  EXPECT_EQ(body_of({.model = "m"}).array("messages")->size(), 0u);
}

TEST(ChatRequest, ATemperatureOfZeroIsSent) {
  EXPECT_EQ(body_of({.model = "m", .temperature = 0}).number("temperature"), 0.0);
}

TEST(ChatRequest, TokensAreLimitedOnlyWhenAskedFor) {
  EXPECT_EQ(body_of({.model = "m", .max_tokens = 600}).integer("max_completion_tokens"), 600);
  EXPECT_FALSE(body_of({.model = "m"}).has("max_completion_tokens"));
}

TEST(ChatRequest, OnlyGptOssIsToldHowToReason) {
  for (const char* model : {"openai/gpt-oss-120b", "openai/gpt-oss-20b"}) {
    EXPECT_EQ(body_of({.model = model}).string("reasoning_effort"), "low");
    EXPECT_EQ(body_of({.model = model}).boolean("include_reasoning"), false);
  }
  EXPECT_FALSE(body_of({.model = "qwen/qwen3.8-27b"}).has("reasoning_effort"));
  EXPECT_FALSE(body_of({.model = "qwen/qwen3.8-27b"}).has("include_reasoning"));
}

TEST(ChatRequest, ToolsAndTheirChoiceAreSentTogetherOrNotAtAll) {
  EXPECT_FALSE(body_of({.model = "m", .tool_choice = "auto"}).has("tool_choice"));
  EXPECT_FALSE(body_of({.model = "m", .tools = "[]", .tool_choice = "auto"}).has("tools"));
  const auto body = body_of({.model = "m", .tools = kTools, .tool_choice = "auto"});
  EXPECT_EQ(body.objects("tools").at(0).object("function")->string("name"), "colgar");
  EXPECT_EQ(body.string("tool_choice"), "auto");
}

TEST(ChatRequest, AToolChoiceMayBeANameOrAnObject) {
  for (const char* choice : {"colgar", R"({"type":"function","function":{"name":"colgar"}})"})
    EXPECT_EQ(body_of({.model = "m", .tools = kTools, .tool_choice = choice})
                  .object("tool_choice")
                  ->object("function")
                  ->string("name"),
              "colgar");
}

TEST(ChatRequest, ToolsAreChecked) {
  EXPECT_TRUE(check_tools(""));
  EXPECT_TRUE(check_tools("[]"));
  EXPECT_TRUE(check_tools(kTools));
  for (const char* wrong : {"{", "{}", "[1]", R"([{"type":"web"}])", R"([{"type":"function"}])",
                            R"([{"type":"function","function":{"name":"dos palabras"}}])",
                            R"([{"type":"function","function":{"name":""}}])",
                            R"([{"type":"function","function":{"name":"f","parameters":[]}}])"})
    EXPECT_FALSE(check_tools(wrong)) << wrong;
}

TEST(ModelNames, RetiredModelsHaveASuccessorThatIsNot) {
  for (const char* model :
       {"llama-3.1-8b-instant", "llama-3.3-70b-versatile", "llama3-8b-8192", "llama3-70b-8192",
        "qwen/qwen3-32b", "meta-llama/llama-4-scout-17b-16e-instruct", "groq/compound",
        "groq/compound-mini", "qwen/qwen3.6-27b"}) {
    const auto successor = successor_of(model);
    ASSERT_TRUE(successor) << model;
    EXPECT_FALSE(successor_of(*successor)) << model;
  }
  EXPECT_EQ(successor_of("llama-3.1-8b-instant"), "openai/gpt-oss-20b");
  EXPECT_EQ(successor_of("llama-3.3-70b-versatile"), "openai/gpt-oss-120b");
}

TEST(ModelNames, LivingModelsHaveNone) {
  for (const char* model :
       {"openai/gpt-oss-120b", "openai/gpt-oss-20b", "qwen/qwen3.8-27b", "", "x"})
    EXPECT_FALSE(successor_of(model)) << model;
}
