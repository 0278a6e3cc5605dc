#include "plugins/base/base64.h"
#include "server/caller/wire_simulator.h"
#include "server/caller/wire_twilio.h"
#include "tests/server/caller/mulaw.h"

#include "plugins/base/json.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace centralita;
using namespace centralita::caller;
using Kind = WireMessage::Kind;

namespace {

json::Object parse(std::string_view text) { return json::parse(text)->object(); }

struct TwilioWireTest : ::testing::Test {
  TwilioWire wire{{.stream_sid = "MZ1", .account_sid = "AC1", .call_sid = "CA1"},
                  {{"token", "a\"b"}}};
  WireMessage message;
  const WireMessage& receive(std::string_view text) {
    wire.parse(text, message);
    return message;
  }
};

struct SimulatorWireTest : ::testing::Test {
  SimulatorWire wire{"id1", "CA1"};
  WireMessage message;
  const WireMessage& receive(std::string_view text) {
    wire.parse(text, message);
    return message;
  }
};

}  // namespace

TEST(Mulaw, DecodesAndEncodesTheStandardsValues) {
  EXPECT_EQ(mulaw_decode(0x00), -32124);
  EXPECT_EQ(mulaw_decode(0x80), 32124);
  EXPECT_EQ(mulaw_decode(0x55), -716);
  EXPECT_EQ(mulaw_decode(0xFF), 0);
  EXPECT_EQ(mulaw_encode(0), 0xFF);
  EXPECT_EQ(mulaw_encode(-1), 0x7F);
  EXPECT_EQ(mulaw_encode(4), 0xFE);
  EXPECT_EQ(mulaw_encode(1000), 0xCE);
  EXPECT_EQ(mulaw_encode(-32768), 0x00);
  EXPECT_EQ(mulaw_encode(32767), 0x80);
  int sum = 0, magnitudes = 0;
  for (int code = 0; code < 256; ++code) {
    const int value = mulaw_decode(static_cast<std::uint8_t>(code));
    sum += value;
    magnitudes += std::abs(value);
    if (code != 0x7F) {  // the second zero
      EXPECT_EQ(mulaw_encode(static_cast<std::int16_t>(value)), code);
    }
  }
  EXPECT_EQ(sum, 0);
  EXPECT_EQ(magnitudes, 1532928);
}

TEST(Base64, EncodesAndDecodesEveryLength) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : cases) {
    std::string text;
    base64_encode({reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size()}, text);
    EXPECT_EQ(text, encoded);
    std::vector<std::uint8_t> bytes;
    EXPECT_TRUE(base64_decode(encoded, bytes));
    EXPECT_EQ(std::string(bytes.begin(), bytes.end()), plain);
  }
}

TEST(Base64, RefusesWhatIsNotInWholeGroupsOfItsAlphabet) {
  std::vector<std::uint8_t> bytes;
  for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v\n", "Zm 9v===", "Zm-_", "Zg==Zg=="})
    EXPECT_FALSE(base64_decode(text, bytes)) << text;
}

TEST_F(TwilioWireTest, OpensWithConnectedAndStart) {
  const auto opening = wire.opening();
  ASSERT_EQ(opening.size(), 2u);
  EXPECT_EQ(opening[0], R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  const auto start = parse(opening[1]);
  EXPECT_EQ(start.string("event"), "start");
  EXPECT_EQ(start.string("sequenceNumber"), "1");
  EXPECT_EQ(start.string("streamSid"), "MZ1");
  const auto body = *start.object("start");
  EXPECT_EQ(body.string("streamSid"), "MZ1");
  EXPECT_EQ(body.string("accountSid"), "AC1");
  EXPECT_EQ(body.string("callSid"), "CA1");
  EXPECT_EQ(body.array("tracks")->strings(), std::vector<std::string>{"inbound"});
  EXPECT_EQ(body.object("mediaFormat")->to_string(),
            R"({"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1})");
  EXPECT_EQ(body.object("customParameters")->string("token"), "a\"b");
}

TEST_F(TwilioWireTest, NumbersAreTextsAndCountMessagesFramesAndMilliseconds) {
  wire.opening();
  const std::vector<std::int16_t> frame(160);
  const auto first = parse(wire.media(frame));
  EXPECT_EQ(first.string("sequenceNumber"), "2");
  EXPECT_EQ(first.object("media")->string("chunk"), "1");
  EXPECT_EQ(first.object("media")->string("timestamp"), "0");
  EXPECT_EQ(first.object("media")->string("track"), "inbound");
  std::vector<std::uint8_t> bytes;
  ASSERT_TRUE(base64_decode(*first.object("media")->string("payload"), bytes));
  EXPECT_EQ(bytes, std::vector<std::uint8_t>(160, g711::kSilence<g711::Law::kMu>));

  EXPECT_EQ(wire.mark("m\"1"),
            R"({"event":"mark","sequenceNumber":"3","streamSid":"MZ1","mark":{"name":"m\"1"}})");
  const auto second = parse(wire.media(frame));
  EXPECT_EQ(second.string("sequenceNumber"), "4");
  EXPECT_EQ(second.object("media")->string("chunk"), "2");
  EXPECT_EQ(second.object("media")->string("timestamp"), "20");
  EXPECT_EQ(
      wire.dtmf('#'),
      R"({"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"#"}})");
  EXPECT_EQ(
      wire.closing(),
      R"({"event":"stop","sequenceNumber":"6","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}})");
}

TEST_F(TwilioWireTest, ReadsTheThreeMessagesOfAServer) {
  EXPECT_EQ(receive(R"({"event":"media","streamSid":"MZ1","media":{"payload":"AID/"}})").kind,
            Kind::kAudio);
  EXPECT_EQ(message.audio, (std::vector<std::int16_t>{-32124, 32124, 0}));
  EXPECT_EQ(receive(R"({"event":"mark","streamSid":"MZ1","mark":{"name":"m"}})").kind, Kind::kMark);
  EXPECT_EQ(message.name, "m");
  EXPECT_EQ(receive(R"({"event":"clear","streamSid":"MZ1"})").kind, Kind::kClear);
  EXPECT_EQ(message.violation, "");
}

TEST_F(TwilioWireTest, IgnoresAndReportsWhatTwilioWouldNotTake) {
  const std::pair<const char*, const char*> cases[] = {
      {"nonsense", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {R"({"streamSid":"MZ1"})", "no event"},
      {R"({"event":"stop","streamSid":"MZ1"})", "unknown event 'stop'"},
      {R"({"event":"clear"})", "clear without streamSid"},
      {R"({"event":"clear","streamSid":"MZ2"})", "clear with another stream's streamSid 'MZ2'"},
      {R"({"event":"media","streamSid":"MZ1"})", "media without its object"},
      {R"({"event":"media","streamSid":"MZ1","media":{}})", "media without a payload"},
      {R"({"event":"media","streamSid":"MZ1","media":{"payload":"?"}})",
       "media whose payload is not base64"},
      {R"({"event":"mark","streamSid":"MZ1","mark":{"name":7}})", "mark without a name"},
  };
  for (const auto& [text, violation] : cases) {
    EXPECT_EQ(receive(text).kind, Kind::kUnknown) << text;
    EXPECT_EQ(message.violation, violation);
  }
}

TEST_F(TwilioWireTest, HonoursAndReportsAMessageWithAFieldTooMany) {
  EXPECT_EQ(
      receive(
          R"({"event":"media","streamSid":"MZ1","sequenceNumber":"1","media":{"payload":"/w==","track":"outbound"}})")
          .kind,
      Kind::kAudio);
  EXPECT_EQ(message.violation,
            "unknown field 'sequenceNumber' in media; unknown field 'track' in media.media");
}

TEST_F(SimulatorWireTest, SendsStartMediaMarkAndStop) {
  EXPECT_EQ(
      wire.opening(),
      std::vector<std::string>{
          R"({"event":"start","start":{"streamSid":"id1","callSid":"CA1","media_format":{"encoding":"audio/pcm","sample_rate":16000,"channels":1}}})"});
  const std::int16_t frame[] = {1, -2, 0x0100};
  EXPECT_EQ(wire.media(frame),
            R"({"event":"media","media":{"track":"inbound","payload":"AQD+/wAB"}})");
  EXPECT_EQ(wire.mark("m"), R"({"event":"mark","mark":{"name":"m"}})");
  EXPECT_EQ(wire.closing(), R"({"event":"stop"})");
  EXPECT_EQ(wire.dtmf('1'), std::nullopt);
}

TEST_F(SimulatorWireTest, ReadsEveryMessageOfTheServer) {
  EXPECT_EQ(receive(R"({"type":"audio","data":"AQD+/wAB"})").kind, Kind::kAudio);
  EXPECT_EQ(message.audio, (std::vector<std::int16_t>{1, -2, 0x0100}));
  EXPECT_EQ(receive(R"({"event":"mark","mark":{"name":"m"}})").kind, Kind::kMark);
  EXPECT_EQ(receive(R"({"event":"clear"})").kind, Kind::kClear);
  EXPECT_EQ(
      receive(R"({"type":"transcript","role":"user","text":"hola","turn":2,"interrupted":true})")
          .kind,
      Kind::kTranscript);
  EXPECT_EQ(message.role, "user");
  EXPECT_EQ(message.text, "hola");
  EXPECT_EQ(message.turn, 2);
  EXPECT_TRUE(message.interrupted);
  EXPECT_EQ(receive(R"({"type":"state","state":"speaking"})").kind, Kind::kState);
  EXPECT_EQ(message.name, "speaking");
  EXPECT_EQ(receive(R"({"type":"timings","turn":1,"response_ms":640})").kind, Kind::kTimings);
  EXPECT_EQ(parse(message.json).integer("response_ms"), 640);
  EXPECT_EQ(receive(R"({"type":"error","code":"e","text":"t"})").kind, Kind::kError);
  EXPECT_EQ(receive(R"({"type":"end","cause":"caller-hung-up"})").kind, Kind::kEnd);
  EXPECT_EQ(message.name, "caller-hung-up");
  EXPECT_EQ(message.violation, "");
}

TEST_F(SimulatorWireTest, ReportsWhatIsNotOfTheProtocol) {
  EXPECT_EQ(receive(R"({"type":"audio","data":"AQ=="})").violation,
            "audio whose data is not base64 of 16-bit samples");
  EXPECT_EQ(receive(R"({"type":"song"})").violation, "unknown type 'song'");
  EXPECT_EQ(receive(R"({"event":"song"})").violation, "unknown event 'song'");
  EXPECT_EQ(receive(R"({"event":"mark"})").violation, "mark without a name");
  EXPECT_EQ(receive("{}").violation, "neither a type nor an event");
  EXPECT_EQ(receive("{").violation, "not a JSON object");
}
