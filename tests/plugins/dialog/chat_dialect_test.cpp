#include "plugins/dialog/chat_dialect.h"
#include "plugins/dialog/chat_request.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

std::string body_in(ChatDialect dialect) {
  return to_json({.model = "gpt-oss",
                  .max_tokens = 5,
                  .tools = R"([{"type":"function","function":{"name":"f"}}])",
                  .tool_choice = "auto",
                  .dialect = dialect});
}
bool says(const ChatDialect& dialect, const char* name) {
  return body_in(dialect).find("\"" + std::string(name) + "\"") != std::string::npos;
}

}  // namespace

TEST(ChatDialect, WhatARefusalNamesIsNotSaidAgain) {
  struct Case {
    int status;
    const char* body;
    const char* parameter;
  };
  for (const auto& refusal :
       {Case{400, R"({"error":{"message":"Unrecognized request argument: stream_options"}})",
             "stream_options"},
        Case{422, R"({"detail":[{"loc":["body","max_completion_tokens"],"msg":"extra fields"}]})",
             "max_completion_tokens"},
        Case{400,
             R"({"error":{"message":"Unsupported value: 'temperature'","param":"temperature"}})",
             "temperature"},
        Case{400, R"({"error":{"message":"property 'reasoning_effort' is unsupported"}})",
             "reasoning_effort"},
        Case{400, R"({"error":{"message":"tool_choice is not supported"}})", "tool_choice"}}) {
    ChatDialect dialect;
    EXPECT_TRUE(says(dialect, refusal.parameter)) << refusal.parameter;
    EXPECT_TRUE(dialect.learn(refusal.status, refusal.body)) << refusal.parameter;
    EXPECT_FALSE(says(dialect, refusal.parameter)) << refusal.parameter;
    EXPECT_FALSE(dialect.learn(refusal.status, refusal.body)) << "nothing left to learn";
  }
}

TEST(ChatDialect, TheOlderNameOfTheLimitIsUsedInstead) {
  ChatDialect dialect;
  (void)dialect.learn(400, "unknown field max_completion_tokens");
  EXPECT_TRUE(says(dialect, "max_tokens"));
}

TEST(ChatDialect, OtherFailuresTeachNothing) {
  ChatDialect dialect;
  EXPECT_FALSE(dialect.learn(500, "temperature"));
  EXPECT_FALSE(dialect.learn(401, "temperature"));
  EXPECT_FALSE(dialect.learn(400, "context length exceeded"));
}

TEST(ChatDialect, IsRememberedByServerAndModel) {
  EXPECT_TRUE(learn_dialect("http://a.test/v1", "m", 400, "stream_options"));
  EXPECT_FALSE(dialect_of("http://a.test/v1", "m").stream_options);
  EXPECT_TRUE(dialect_of("http://a.test/v1", "n").stream_options);
  EXPECT_TRUE(dialect_of("http://b.test/v1", "m").stream_options);
}
