#include "server/media_stream/browser_wire.h"
#include "server/media_stream/twilio_wire.h"
#include "server/telephony/twiml.h"

#include "plugins/base/json.h"

#include <gtest/gtest.h>

using namespace centralita;

TEST(TwilioWire, MessagesHaveTheStreamSidAndNoFieldTwilioDoesNotDocument) {
  TwilioWire wire("MZ\"1");
  const std::uint8_t frame[] = {0xFF, 0x7F, 0x00};
  EXPECT_EQ(wire.media(frame),
            R"({"event":"media","streamSid":"MZ\"1","media":{"payload":"/38A"}})");
  EXPECT_EQ(wire.mark("turn-1-end"),
            R"({"event":"mark","streamSid":"MZ\"1","mark":{"name":"turn-1-end"}})");
  EXPECT_EQ(wire.clear(), R"({"event":"clear","streamSid":"MZ\"1"})");
}

TEST(TwilioWire, EveryMessageIsJson) {
  TwilioWire wire("MZ1");
  for (const auto& text : {wire.media({}), wire.mark("a\"b\\\n"), wire.clear()})
    EXPECT_TRUE(json::parse(text)) << text;
}

TEST(BrowserWire, ShowsWhatToolsDid) {
  using namespace std::chrono_literals;
  BrowserWire wire;
  EXPECT_EQ(wire.tool({.id = "c1",
                       .name = "find_slot",
                       .arguments = R"({"day":"martes"})",
                       .result = "10:00",
                       .ok = true,
                       .since_start = 1500ms,
                       .duration = 620ms}),
            R"({"id":"c1","name":"find_slot","arguments":{"day":"martes"},"result":"10:00",)"
            R"("ok":true,"duration_ms":620,"since_start_ms":1500,"type":"tool"})");
}

TEST(BrowserWire, ShowsTurnsWithTheirTimings) {
  BrowserWire wire;
  const auto document = json::parse(wire.turn({.number = 4,
                                               .role = Role::kAgent,
                                               .content = "Hola, <b>",
                                               .generated = "Hola, <b> amigo",
                                               .interrupted = true}));
  ASSERT_TRUE(document);
  const auto object = document->object();
  EXPECT_EQ(object.string("type"), "transcript");
  EXPECT_EQ(object.string("role"), "assistant");
  EXPECT_EQ(object.string("text"), "Hola, <b>");
  EXPECT_EQ(object.boolean("interrupted"), true);
  const auto timings = json::parse(wire.timings(4, {.response = 620}))->object();
  EXPECT_EQ(timings.string("type"), "timings");
  EXPECT_EQ(timings.integer("turn"), 4);
  EXPECT_EQ(timings.integer("response_ms"), 620);
  EXPECT_FALSE(timings.has("stt_ms"));
}

TEST(BrowserWire, SpeaksPcmOrATelephonesCodecs) {
  using Encoding = WireFormat::Encoding;
  EXPECT_EQ(browser_format(""), (WireFormat{Encoding::kPcm, 16000}));
  EXPECT_EQ(browser_format("audio/pcm"), (WireFormat{Encoding::kPcm, 16000}));
  EXPECT_EQ(browser_format("audio/x-mulaw"), (WireFormat{Encoding::kMulaw, 8000}));
  EXPECT_EQ(browser_format("audio/x-alaw"), (WireFormat{Encoding::kAlaw, 8000}));
  EXPECT_FALSE(browser_format("audio/opus"));
  EXPECT_EQ(BrowserWire(*browser_format("audio/x-mulaw")).format().rate, 8000);
}

TEST(BrowserWire, ShowsWhatHappensInTheCall) {
  BrowserWire wire;
  const auto event = json::parse(wire.event({.name = "tool",
                                             .detail = R"({"name":"saldo","outcome":"ok"})",
                                             .since_start = std::chrono::milliseconds(1234)}))
                         ->object();
  EXPECT_EQ(event.string("type"), "event");
  EXPECT_EQ(event.string("name"), "tool");
  EXPECT_EQ(event.string("detail"), R"({"name":"saldo","outcome":"ok"})");
  EXPECT_EQ(event.integer("since_start_ms"), 1234);
}

TEST(Twiml, TextIsEscaped) {
  EXPECT_NE(twiml_say_and_hang_up("a < b & \"c\"", "es-MX").find("a &lt; b &amp; &quot;c&quot;"),
            std::string::npos);
  EXPECT_NE(twiml_connect_stream("wss://h/x?a=1&b=2", "t", "https://h/s").find("a=1&amp;b=2"),
            std::string::npos);
}
