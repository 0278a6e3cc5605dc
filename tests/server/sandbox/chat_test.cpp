// Chat completions over loopback HTTP: the shapes that Groq's clients depend on.
#include "tests/server/sandbox/client.h"

#include <algorithm>

using namespace centralita;
using namespace centralita::sandbox;

namespace {

std::vector<std::string> events_of(const std::string& body) {
  std::vector<std::string> events;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = body.find("\n\n", at);
    if (end == std::string::npos)
      break;
    const auto line = body.substr(at, end - at);
    events.push_back(line.starts_with("data: ") ? line.substr(6) : "?" + line);
    at = end + 2;
  }
  return events;
}

json::Object object_of(const std::string& text) { return json::parse(text)->object(); }
json::Object choice_of(const std::string& event) {
  return object_of(event).objects("choices").at(0);
}

json::Object appointment_tool() {
  json::Object day;
  day.set("type", "string");
  const auto parameters = json::Object()
                              .set("type", "object")
                              .set("properties", json::Object().set("day", day).set("name", day));
  return json::Object()
      .set("type", "function")
      .set("function", json::Object()
                           .set("name", "book_appointment")
                           .set("description", "Books an appointment")
                           .set("parameters", parameters));
}

}  // namespace

struct Chat : SandboxTest {};

TEST_F(Chat, StreamsARoleThenTextThenUsageThenDone) {
  const auto reply = chat(user_says("¿A qué hora abren?", true));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.type, "text/event-stream");
  EXPECT_TRUE(reply.whole);
  const auto events = events_of(reply.body);
  ASSERT_GT(events.size(), 4u);
  EXPECT_EQ(events.back(), "[DONE]");

  const auto first = object_of(events.front());
  EXPECT_EQ(first.string("object"), "chat.completion.chunk");
  EXPECT_EQ(choice_of(events.front()).object("delta")->string("role"), "assistant");
  EXPECT_EQ(choice_of(events.front()).object("delta")->string("content"), "");
  EXPECT_TRUE(first.object("x_groq")->string("id")->starts_with("req_"));

  std::string text;
  for (std::size_t i = 1; i + 2 < events.size(); ++i) {
    EXPECT_EQ(object_of(events[i]).string("id"), first.string("id"));
    text += choice_of(events[i]).object("delta")->string("content").value();
  }
  EXPECT_TRUE(text.starts_with("Abrimos de lunes a viernes")) << text;

  const auto last = object_of(events[events.size() - 2]);
  EXPECT_EQ(choice_of(events[events.size() - 2]).string("finish_reason"), "stop");
  EXPECT_GT(last.object("usage")->integer("completion_tokens").value(), 10);
  EXPECT_EQ(last.object("x_groq")->object("usage")->integer("completion_tokens"),
            last.object("usage")->integer("completion_tokens"));
}

TEST_F(Chat, TokensArriveOneByOneAndNotAtOnce) {
  const auto reply = chat(user_says("what are your hours?", true));
  EXPECT_GT(reply.pieces.size(), 10u);
}

TEST_F(Chat, WholeAnswerHasMessageUsageAndRateLimits) {
  const auto reply = chat(user_says("how much is it?", false));
  ASSERT_EQ(reply.status, 200);
  const auto object = reply.object();
  EXPECT_EQ(object.string("object"), "chat.completion");
  const auto message = object.objects("choices").at(0).object("message");
  EXPECT_NE(message->string("content")->find("thirty dollars"), std::string::npos);
  EXPECT_EQ(object.object("usage")->integer("total_tokens"),
            object.object("usage")->integer("prompt_tokens").value() +
                object.object("usage")->integer("completion_tokens").value());
  for (const auto* name : {"limit-requests", "remaining-requests", "reset-requests", "limit-tokens",
                           "remaining-tokens", "reset-tokens"})
    EXPECT_TRUE(reply.headers.contains(std::string("x-ratelimit-") + name)) << name;
  EXPECT_FALSE(reply.headers.contains("retry-after"));
}

TEST_F(Chat, AToolThatFitsIsCalledInTheStreamAndItsResultIsSaid) {
  auto request = user_says("I need an appointment for on Tuesday, my name is Anna", true);
  request.set("tools", json::Array().add(appointment_tool()));
  const auto events = events_of(chat(request).body);
  ASSERT_EQ(events.size(), 4u);
  const auto call = choice_of(events[1]).object("delta")->objects("tool_calls").at(0);
  EXPECT_EQ(call.integer("index"), 0);
  EXPECT_EQ(call.object("function")->string("name"), "book_appointment");
  const auto arguments = object_of(call.object("function")->string("arguments").value());
  EXPECT_EQ(arguments.string("day"), "on Tuesday");
  EXPECT_EQ(arguments.string("name"), "Anna");
  EXPECT_EQ(choice_of(events[2]).string("finish_reason"), "tool_calls");

  json::Array messages;
  messages.add(
      json::Object().set("role", "user").set("content", "I need an appointment on Tuesday"));
  messages.add(json::Object()
                   .set("role", "assistant")
                   .set("content", nullptr)
                   .set("tool_calls", json::Array().add(call)));
  messages.add(json::Object()
                   .set("role", "tool")
                   .set("tool_call_id", call.string("id"))
                   .set("content", R"({"ok":true,"confirmation":"Tuesday at ten"})"));
  request.set("messages", messages).set("stream", false);
  const auto said =
      chat(request).object().objects("choices").at(0).object("message")->string("content").value();
  EXPECT_NE(said.find("Tuesday at ten"), std::string::npos) << said;
}

TEST_F(Chat, NoToolIsCalledWhenTheChoiceIsNone) {
  auto request = user_says("I need an appointment on Tuesday", false);
  request.set("tools", json::Array().add(appointment_tool())).set("tool_choice", "none");
  const auto message = chat(request).object().objects("choices").at(0).object("message").value();
  EXPECT_FALSE(message.has("tool_calls"));
  EXPECT_TRUE(message.string("content"));
}

TEST_F(Chat, BadRequestsGetAClear400) {
  const RequestHeaders key{{"Authorization", "Bearer test"}};
  const auto broken =
      send("POST", "/openai/v1/chat/completions", key, "application/json", "{\"model\":");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(broken.object().object("error")->string("type"), "invalid_request_error");
  EXPECT_NE(broken.object().object("error")->string("message")->find("not valid JSON"),
            std::string::npos);

  EXPECT_EQ(chat(json::Object().set("model", "openai/gpt-oss-20b")).status, 400);
  EXPECT_EQ(
      chat(json::Object().set("model", "openai/gpt-oss-20b").set("messages", json::Array())).status,
      400);
  EXPECT_EQ(chat(user_says("hola", false).set("n", 2)).status, 400);
}

TEST_F(Chat, UnknownAndRetiredModelsAreRefusedAsGroqDoes) {
  const auto unknown = chat(user_says("hola", true).set("model", "gpt-9"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.type, "application/json");
  EXPECT_EQ(unknown.object().object("error")->string("code"), "model_not_found");
  const auto retired = chat(user_says("hola", true).set("model", "llama-3.3-70b-versatile"));
  EXPECT_EQ(retired.status, 400);
  EXPECT_EQ(retired.object().object("error")->string("code"), "model_decommissioned");
}

TEST_F(Chat, WrongAndMissingKeysGet401) {
  for (const auto& headers : {RequestHeaders{}, RequestHeaders{{"Authorization", "Bearer "}},
                              RequestHeaders{{"Authorization", "Bearer wrong-key"}}}) {
    const auto reply = send("GET", "/openai/v1/models", headers);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.object().object("error")->string("code"), "invalid_api_key");
  }
}

TEST_F(Chat, ModelsAreListed) {
  const auto reply = send("GET", "/openai/v1/models", {{"Authorization", "Bearer test"}});
  const auto models = reply.object().objects("data");
  EXPECT_TRUE(std::any_of(models.begin(), models.end(), [](const auto& m) {
    return m.string("id") == "whisper-large-v3-turbo";
  }));
}

TEST_F(Chat, RequestsAreCountedAndTheLastIsShown) {
  chat(user_says("hola", false));
  chat(user_says("gracias", false));
  const auto log = send("GET", "/sandbox/requests").object().object("chat");
  EXPECT_EQ(log->integer("count"), 2);
  EXPECT_EQ(log->object("last")->objects("messages").at(0).string("content"), "gracias");
}
