// What goes wrong on demand, seen by a client over loopback HTTP.
#include "server/sandbox/faults.h"
#include "tests/server/sandbox/client.h"

#include <chrono>

using namespace centralita;
using namespace centralita::sandbox;
using namespace std::chrono_literals;

namespace {

RequestHeaders fault(const std::string& text) { return {{"X-Sandbox-Fault", text}}; }

constexpr char kEnglish[] = "en-US-JennyNeural";
constexpr char kFormat[] = "raw-8khz-8bit-mono-mulaw";

}  // namespace

struct SandboxFaults : SandboxTest {
  void plan(const json::Object& object) {
    EXPECT_EQ(send("POST", "/sandbox/faults", {}, "application/json", object.to_string()).status,
              200);
  }
};

TEST_F(SandboxFaults, DelayHoldsBackTheWholeAnswer) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(chat(user_says("hola", false), fault("delay=300")).status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
}

TEST_F(SandboxFaults, StatusesHaveTheProvidersShape) {
  const auto limited = chat(user_says("hola", true), fault("status=429, retry-after=7.5"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.at("retry-after"), "7.5");
  EXPECT_EQ(limited.object().object("error")->string("code"), "rate_limit_exceeded");
  EXPECT_NE(limited.object().object("error")->string("message")->find("try again in 7.5s"),
            std::string::npos);
  EXPECT_EQ(
      chat(user_says("hola", true), fault("status=413")).object().object("error")->string("type"),
      "tokens");
  EXPECT_EQ(chat(user_says("hola", true), fault("status=500")).status, 500);
  EXPECT_EQ(
      transcribe("", "es", "json", fault("status=401")).object().object("error")->string("code"),
      "invalid_api_key");
  const auto azure = speak(ssml(kEnglish, "Hello."), kFormat, fault("status=429"));
  EXPECT_EQ(azure.status, 429);
  EXPECT_TRUE(azure.body.empty());
}

TEST_F(SandboxFaults, CutEndsTheConnectionInMidStream) {
  const auto stream = raw("/openai/v1/chat/completions",
                          {{"Authorization", "Bearer test"}, {"X-Sandbox-Fault", "cut"}},
                          user_says("hola", true).to_string());
  EXPECT_TRUE(stream.starts_with("HTTP/1.1 200"));
  EXPECT_NE(stream.find("data: {"), std::string::npos);
  EXPECT_EQ(stream.find("[DONE]"), std::string::npos);
  EXPECT_FALSE(stream.ends_with("0\r\n\r\n"));

  const auto audio = raw("/cognitiveservices/v1",
                         {{"Ocp-Apim-Subscription-Key", "test"},
                          {"X-Microsoft-OutputFormat", kFormat},
                          {"Content-Type", "application/ssml+xml"},
                          {"X-Sandbox-Fault", "cut"}},
                         ssml(kEnglish, "Good morning, how can I help you?"));
  EXPECT_TRUE(audio.starts_with("HTTP/1.1 200"));
  EXPECT_GT(audio.size(), 1000u);
  EXPECT_FALSE(audio.ends_with("0\r\n\r\n"));

  const auto whole = chat(user_says("hola", false), fault("cut"));
  EXPECT_EQ(whole.status, 200);
  EXPECT_FALSE(whole.whole);
}

TEST_F(SandboxFaults, StallStopsInMidStreamAndGoesOnWhenToldTo) {
  const auto begin = std::chrono::steady_clock::now();
  const auto later = chat(user_says("hola", true), fault("stall=300"));
  EXPECT_TRUE(later.whole);
  EXPECT_NE(later.body.find("[DONE]"), std::string::npos);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);

  // For good: something comes, and the end never does; the client leaves.
  const auto forever = speak(ssml(kEnglish, "Good morning."), kFormat, fault("stall"), 1);
  EXPECT_EQ(forever.status, 200);
  EXPECT_FALSE(forever.whole);
}

TEST_F(SandboxFaults, MalformedIsBrokenJsonAndBrokenEvents) {
  const auto whole = chat(user_says("hola", false), fault("malformed"));
  EXPECT_EQ(whole.status, 200);
  EXPECT_FALSE(json::parse(whole.body));
  const auto stream = chat(user_says("hola", true), fault("malformed"));
  EXPECT_NE(stream.body.find("{\"conte\n\n"), std::string::npos);
  const auto audio =
      speak(ssml(kEnglish, "Hello."), "raw-16khz-16bit-mono-pcm", fault("malformed"));
  EXPECT_EQ(audio.body.size() % 2, 1u);
}

TEST_F(SandboxFaults, AnErrorObjectCanComeInMidStream) {
  const auto stream = chat(user_says("hola", true), fault("stream-error"));
  EXPECT_NE(stream.body.find("data: {\"error\""), std::string::npos);
  EXPECT_EQ(stream.body.find("[DONE]"), std::string::npos);
}

TEST_F(SandboxFaults, WrongAudioIsAPageWithStatus200) {
  const auto reply = speak(ssml(kEnglish, "Hello."), kFormat, fault("wrong-audio"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.type, "text/html");
  EXPECT_TRUE(reply.body.starts_with("<html>"));
}

TEST_F(SandboxFaults, PlannedOnesMeetTheNextRequestsOfTheirOperationOnly) {
  plan(json::Object()
           .set("operation", "chat")
           .set("fault", "status")
           .set("status", 503)
           .set("times", 2));
  EXPECT_EQ(speak(ssml(kEnglish, "Hello."), kFormat).status, 200);
  EXPECT_EQ(chat(user_says("hola", false)).status, 503);
  EXPECT_EQ(chat(user_says("hola", false)).status, 503);
  EXPECT_EQ(chat(user_says("hola", false)).status, 200);
  plan(json::Object()
           .set("operation", "chat")
           .set("fault", "status")
           .set("status", 500)
           .set("times", 0));
  EXPECT_EQ(chat(user_says("hola", false)).status, 500);
  EXPECT_EQ(send("DELETE", "/sandbox/faults").status, 200);
  EXPECT_EQ(chat(user_says("hola", false)).status, 200);
}

TEST_F(SandboxFaults, LatencyIsTheLeastTimeToTheFirstToken) {
  EXPECT_EQ(send("POST", "/sandbox/latency", {}, "application/json",
                 R"({"chat_first_token_ms":250,"tokens_per_second":1000})")
                .status,
            200);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(chat(user_says("hola", true)).whole);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 250ms);
}

TEST_F(SandboxFaults, WhatIsNoFaultIsRefused) {
  EXPECT_EQ(chat(user_says("hola", false), fault("explode")).status, 400);
  EXPECT_EQ(
      send("POST", "/sandbox/faults", {}, "application/json", R"({"operation":"dance"})").status,
      400);
  EXPECT_FALSE(Fault::from_header("delay=soon"));
  EXPECT_FALSE(Fault::from_header("status=200"));
}
