#include "server/media_stream/stream_message.h"

#include <gtest/gtest.h>

using centralita::StreamMessageParser;
using enum centralita::StreamMessage::Kind;

namespace {
struct StreamMessageTest : ::testing::Test {
  StreamMessageParser parser;
};
}  // namespace

TEST_F(StreamMessageTest, TwiliosStartIsReadWithItsParameters) {
  const auto message = parser.parse(
      R"({"event":"start","sequenceNumber":"1","streamSid":"MZ18","start":{"streamSid":"MZ18",
      "accountSid":"AC1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw",
      "sampleRate":8000,"channels":1},"customParameters":{"token":"a\"b","x":"y"}}})");
  EXPECT_EQ(message.kind, kStart);
  EXPECT_EQ(message.stream_id, "MZ18");
  EXPECT_EQ(message.call_id, "CA1");
  EXPECT_EQ(message.encoding, "audio/x-mulaw");
  EXPECT_EQ(message.sample_rate, 8000);
  EXPECT_EQ(message.parameters.at("token"), "a\"b");
}

TEST_F(StreamMessageTest, TheSimulatorsStartIsReadToo) {
  const auto message = parser.parse(
      R"({"event":"start","start":{"media_format":{"channels":1,"sample_rate":16000,"encoding":"audio/pcm"},
      "callSid":"sim-1","streamSid":"browser-1"}})");
  EXPECT_EQ(message.kind, kStart);
  EXPECT_EQ(message.stream_id, "browser-1");
  EXPECT_EQ(message.sample_rate, 16000);
}

TEST_F(StreamMessageTest, AnIdLongerThanAnyCarriersIsMalformed) {
  const auto kind_with = [&](std::size_t stream, std::size_t call) {
    return parser
        .parse(R"({"event":"start","start":{"streamSid":")" + std::string(stream, 'x') +
               R"(","callSid":")" + std::string(call, 'x') + R"("}})")
        .kind;
  };
  EXPECT_EQ(kind_with(256, 256), kStart);
  EXPECT_EQ(kind_with(257, 256), kMalformed);
  EXPECT_EQ(kind_with(256, 257), kMalformed);
  const auto telnyx =
      parser.parse(R"({"event":"start","stream_id":"s","start":{"call_control_id":")" +
                   std::string(60'000, 'x') + R"("}})");
  EXPECT_EQ(telnyx.kind, kMalformed);
  EXPECT_NE(telnyx.error.find("256 bytes"), std::string::npos) << telnyx.error;
}

TEST_F(StreamMessageTest, MediaIsDecodedWhateverTheOrderOfItsKeys) {
  for (
      const char* text :
      {R"({"event":"media","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"/38A"}})",
       R"({"media":{"payload":"/38A","track":"inbound"},"streamSid":"MZ","event":"media"})"}) {
    const auto message = parser.parse(text);
    EXPECT_EQ(message.kind, kMedia);
    EXPECT_EQ(std::vector(message.audio.begin(), message.audio.end()),
              (std::vector<std::uint8_t>{0xFF, 0x7F, 0x00}));
  }
}

TEST_F(StreamMessageTest, OurOwnAudioAndUnknownEventsAreIgnored) {
  EXPECT_EQ(parser.parse(R"({"event":"media","media":{"track":"outbound","payload":"/38A"}})").kind,
            kIgnored);
  EXPECT_EQ(parser.parse(R"({"event":"something-new","x":[1,2,{"y":null}]})").kind, kIgnored);
}

TEST_F(StreamMessageTest, MarksKeysAndStopAreRead) {
  EXPECT_EQ(parser.parse(R"({"event":"mark","mark":{"name":"turn-1-end"}})").text, "turn-1-end");
  EXPECT_EQ(parser.parse(R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":"#"}})").text,
            "#");
  EXPECT_EQ(parser.parse(R"({"event":"stop","stop":{}})").kind, kStop);
}

TEST_F(StreamMessageTest, WhatCannotBeReadSaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "not JSON"},
      {"hola", "JSON"},
      {"[1,2]", "not a JSON object"},
      {"42", "not a JSON object"},
      {R"({"event":)", "JSON"},
      {R"({"event":7})", "event"},
      {R"({"event":"media"})", "media"},
      {R"({"event":"media","media":{"payload":5}})", "payload"},
      {R"({"event":"media","media":{"payload":"***"}})", "base64"},
      {R"({"event":"start","start":{"streamSid":"MZ1"}})", "callSid"},
      {"{\"event\":\"st\xFF\"}", "JSON"},
  };
  for (const auto& [text, reason] : cases) {
    const auto message = parser.parse(text);
    EXPECT_EQ(message.kind, kMalformed) << text;
    EXPECT_NE(message.error.find(reason), std::string::npos) << text << ": " << message.error;
  }
}

TEST_F(StreamMessageTest, EveryTruncationOfAMessageIsHarmless) {
  const std::string whole =
      R"({"event":"start","start":{"streamSid":"M","callSid":"C","customParameters":{"token":"t"}}})";
  for (std::size_t n = 0; n < whole.size(); ++n)
    (void)parser.parse(std::string_view(whole).substr(0, n));
  EXPECT_EQ(parser.parse(whole).kind, kStart);
}

TEST_F(StreamMessageTest, WrittenWordsAreReadUpToALimit) {
  const auto message = parser.parse(R"({"event":"text","text":"¿Cuánto \"cuesta\"?"})");
  EXPECT_EQ(message.kind, kText);
  EXPECT_EQ(message.text, "¿Cuánto \"cuesta\"?");
  for (const auto& text :
       {std::string(R"({"event":"text"})"), std::string(R"({"event":"text","text":" \n"})"),
        std::string(R"({"event":"text","text":{"a":1}})"),
        R"({"event":"text","text":")" + std::string(4001, 'a') + "\"}"})
    EXPECT_EQ(parser.parse(text).kind, kMalformed) << text.substr(0, 60);
}
