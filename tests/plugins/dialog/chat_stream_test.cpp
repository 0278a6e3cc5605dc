#include "plugins/dialog/chat_stream.h"

#include "plugins/base/sse_parser.h"

#include <gtest/gtest.h>

using namespace centralita;
using Code = ProviderError::Code;

namespace {

// As Groq sends it, with what an answer can have in it.
constexpr std::string_view kAnswer =
    ": hi\r\n\r\n"
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":"
    "{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}],"
    "\"x_groq\":{\"id\":\"req_1\",\"seed\":1}}\r\n\r\n"
    "data:{\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"Hmm\",\"channel\":\"analysis\"},"
    "\"finish_reason\":null}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"¿Qué \"}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":null}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"tal?😀\"}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"rz7\",\"type\":\"function\","
    "\"function\":{\"name\":\"clima\",\"arguments\":\"{\\\"a\\\":\"},\"index\":0}]}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"q2\",\"function\":"
    "{\"name\":\"hora\"}},{\"index\":0,\"function\":{\"arguments\":\"1}\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}],"
    "\"x_groq\":{\"id\":\"req_1\",\"usage\":{\"prompt_tokens\":29,\"completion_tokens\":16}}}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":17}}\n\n"
    "data: [DONE]\n\n";

// The text of a body that comes in two pieces.
std::string read(ChatStream& stream, std::string_view first, std::string_view second) {
  SseParser parser;
  std::string text;
  for (const auto bytes : {first, second})
    for (const auto& data : parser.push(bytes)) {
      const auto more = stream.push(data);
      EXPECT_TRUE(more) << more.error().detail;
      if (more)
        text += *more;
    }
  return text;
}

}  // namespace

TEST(ChatStream, CutAtEveryByteTheAnswerIsTheSame) {
  for (std::size_t cut = 0; cut <= kAnswer.size(); ++cut) {
    ChatStream stream;
    ASSERT_EQ(read(stream, kAnswer.substr(0, cut), kAnswer.substr(cut)), "¿Qué tal?😀") << cut;
    ASSERT_TRUE(stream.done());
    ASSERT_TRUE(stream.whole());
    ASSERT_EQ(stream.finish_reason(), "tool_calls");
    ASSERT_EQ(stream.usage().prompt_tokens, 30);
    ASSERT_EQ(stream.usage().completion_tokens, 17);
    ASSERT_EQ(stream.tool_calls(),
              (std::vector<ToolCall>{{"rz7", "clima", "{\"a\":1}"}, {"q2", "hora", "{}"}}));
  }
}

TEST(ChatStream, IsWholeOnlyWithAFinishReasonOrDone) {
  const auto finish =
      kAnswer.find("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\"");
  ChatStream cut;
  (void)read(cut, kAnswer.substr(0, finish), "");
  EXPECT_FALSE(cut.whole());
  ChatStream finished;
  (void)read(finished, kAnswer.substr(0, kAnswer.find("data: {\"choices\":[],")), "");
  EXPECT_TRUE(finished.whole());
  EXPECT_FALSE(finished.done());
  ChatStream done;
  EXPECT_TRUE(done.push("[DONE]"));
  EXPECT_TRUE(done.whole());
}

TEST(ChatStream, AnErrorInTheStreamSaysWhatItIs) {
  struct Case {
    const char* data;
    Code code;
    bool tool_use_failed;
  };
  for (
      const auto& wrong : {
          Case{R"({"error":{"message":"m","type":"server_error"}})", Code::kUnavailable, false},
          Case{R"({"error":{"message":"m","code":"rate_limit_exceeded","type":"tokens"}})",
               Code::kRateLimited, false},
          Case{R"({"error":{"message":"m","code":"tool_use_failed","failed_generation":"x"}})",
               Code::kBadRequest, true},
          Case{R"({"x_groq":{"error":{"message":"m"}}})", Code::kUnavailable, false},
          Case{R"({"x_groq":{"error":"m"},"choices":[]})", Code::kUnavailable, false},
          Case{
              R"({"error":{"message":"m","code":"model_decommissioned","type":"invalid_request_error"}})",
              Code::kModelRetired, false},
      }) {
    ChatStream stream;
    const auto text = stream.push(wrong.data);
    ASSERT_FALSE(text) << wrong.data;
    EXPECT_EQ(text.error().code, wrong.code) << wrong.data;
    EXPECT_EQ(text.error().tool_use_failed, wrong.tool_use_failed) << wrong.data;
    EXPECT_TRUE(text.error().detail.starts_with("m")) << text.error().detail;
  }
}

namespace {
using Calls = std::vector<ToolCall>;
Calls calls_of(std::initializer_list<const char*> tool_call_arrays) {
  ChatStream stream;
  for (const std::string array : tool_call_arrays)
    EXPECT_TRUE(stream.push("{\"choices\":[{\"delta\":{\"tool_calls\":" + array + "}}]}"));
  return stream.tool_calls();
}
}  // namespace

TEST(ChatStream, ToolCallsComeWholeOrInPiecesWithAndWithoutIndexesAndIds) {
  const Calls two = {{"a", "f", "{\"x\":1}"}, {"b", "g", "{}"}};
  EXPECT_EQ(calls_of({R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},)"
                      R"({"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}])"}),
            two)
      << "all in one delta";
  EXPECT_EQ(calls_of({R"([{"index":0,"id":"a","function":{"name":"f","arguments":""}}])",
                      R"([{"index":0,"function":{"arguments":"{\"x\":"}}])",
                      R"([{"index":0,"id":"a","function":{"arguments":"1}"}}])",
                      R"([{"index":1,"id":"b","function":{"name":"g"}}])"}),
            two)
      << "in pieces, the id repeated";
  EXPECT_EQ(calls_of({R"([{"id":"a","function":{"name":"f","arguments":"{\"x\""}}])",
                      R"([{"function":{"arguments":":1}"}}])",
                      R"([{"id":"b","function":{"name":"g","arguments":"{}"}}])"}),
            two)
      << "no indexes";
  EXPECT_EQ(calls_of({R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}])",
                      R"([{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}])"}),
            two)
      << "every call has the index 0";
  EXPECT_EQ(calls_of({R"([{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}},)"
                      R"({"index":1,"id":"b","function":{"name":"g","arguments":{}}}])"}),
            two)
      << "arguments as objects";
  EXPECT_EQ(calls_of({R"([{"index":0,"function":{"name":"f","arguments":"{}"}},)"
                      R"({"index":1,"function":{"name":"g"}}])"}),
            (Calls{{"", "f", "{}"}, {"", "g", "{}"}}))
      << "no ids";
}

TEST(ChatStream, ReasoningIsNoTextUnderAnyName) {
  ChatStream stream;
  for (const char* data :
       {R"({"choices":[{"delta":{"reasoning":"Hmm"}}]})",
        R"({"choices":[{"delta":{"reasoning_content":"Hmm","content":null}}]})",
        R"({"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"Hmm"}]}}]})",
        R"({"choices":[{"delta":{"content":[{"type":"thinking","thinking":"Hmm"}]}}]})"})
    EXPECT_EQ(*stream.push(data), "") << data;
  EXPECT_EQ(*stream.push(R"({"choices":[{"delta":{"content":[{"type":"text","text":"Sí."}]}}]})"),
            "Sí.");
}

TEST(ChatStream, AWholeAnswerIsOneEvent) {
  ChatStream stream;
  EXPECT_EQ(*stream.push(R"({"object":"chat.completion","choices":[{"index":0,"message":)"
                         R"({"role":"assistant","content":"Sí."},"finish_reason":"stop"}],)"
                         R"("usage":{"prompt_tokens":3,"completion_tokens":2}})"),
            "Sí.");
  EXPECT_TRUE(stream.whole());
  EXPECT_EQ(stream.usage().completion_tokens, 2);
}

TEST(ChatStream, ErrorsOfOtherServersAreErrors) {
  for (const char* data : {R"({"error":"m"})", R"({"object":"error","message":"m","code":400})",
                           R"({"detail":"m"})"}) {
    ChatStream stream;
    const auto text = stream.push(data);
    ASSERT_FALSE(text) << data;
    EXPECT_EQ(text.error().detail, "m");
  }
}

TEST(ChatStream, WhatIsNotTheProtocolIsMalformed) {
  for (const char* data : {"garbage", "[1]", "{\"choices\":", "{\"choices\":5}"}) {
    ChatStream stream;
    const auto text = stream.push(data);
    ASSERT_FALSE(text) << data;
    EXPECT_EQ(text.error().code, Code::kMalformed);
  }
}

TEST(ChatStream, NullsAndMissingPartsAreNoText) {
  ChatStream stream;
  for (const char* data :
       {R"({})", R"({"error":null,"choices":[{"delta":null}]})", R"({"choices":[{}]})",
        R"({"choices":[{"delta":{"content":5,"tool_calls":null}}],"usage":null})"}) {
    const auto text = stream.push(data);
    ASSERT_TRUE(text) << data;
    EXPECT_EQ(*text, "");
  }
  EXPECT_FALSE(stream.whole());
  EXPECT_TRUE(stream.tool_calls().empty());
}
