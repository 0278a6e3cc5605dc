#include "pipelines/call_pipeline.h"
#include "server/media_stream/chunk_order.h"
#include "server/media_stream/l16_order.h"
#include "server/media_stream/stream_message.h"
#include "server/media_stream/telnyx_wire.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace centralita;
using Bytes = std::vector<std::uint8_t>;
using Encoding = WireFormat::Encoding;

namespace {

// The first bytes of the frames handed on.
class Ordered {
 public:
  void push(std::int64_t number) {
    const std::uint8_t byte = static_cast<std::uint8_t>(number);
    order.push(number, {&byte, 1},
               [this](std::span<const std::uint8_t> audio) { heard.push_back(audio[0]); });
  }
  ChunkOrder order;
  std::vector<int> heard;
};

Bytes tone(bool big_endian, double amplitude) {
  Bytes frame(640);
  for (std::size_t i = 0; i < 320; ++i) {
    const auto sample = static_cast<std::int16_t>(
        amplitude * std::sin(static_cast<double>(i) * 2 * 3.14159265 * 300 / 16000));
    frame[2 * i + (big_endian ? 1 : 0)] = static_cast<std::uint8_t>(sample & 0xFF);
    frame[2 * i + (big_endian ? 0 : 1)] = static_cast<std::uint8_t>(sample >> 8 & 0xFF);
  }
  return frame;
}

}  // namespace

TEST(ChunkOrder, FramesInOrderGoThroughAtOnce) {
  Ordered ordered;
  for (int i = 1; i <= 4; ++i) ordered.push(i);
  EXPECT_EQ(ordered.heard, (std::vector{1, 2, 3, 4}));
}

TEST(ChunkOrder, SwappedFramesArePutRightAndRepeatedOnesDropped) {
  Ordered ordered;
  for (int i : {2, 1, 4, 4, 3, 3, 5}) ordered.push(i);
  EXPECT_EQ(ordered.heard, (std::vector{1, 2, 3, 4, 5}));
  EXPECT_EQ(ordered.order.dropped(), 2u);
}

TEST(ChunkOrder, AMissingFrameIsWaitedForOnlySoLong) {
  Ordered ordered;
  for (int i : {1, 3, 4, 5, 6}) ordered.push(i);
  EXPECT_EQ(ordered.heard, (std::vector{1}));
  ordered.push(7);
  EXPECT_EQ(ordered.heard, (std::vector{1, 3, 4, 5, 6, 7}));
  EXPECT_EQ(ordered.order.lost(), 1u);
  ordered.push(2);
  EXPECT_EQ(ordered.heard.size(), 6u);
}

TEST(ChunkOrder, AStreamMayCountFromElsewhereOrNotAtAll) {
  Ordered ordered;
  for (int i : {100, 101, 102}) ordered.push(i);
  EXPECT_EQ(ordered.heard, (std::vector{100, 101, 102}));
  Ordered unnumbered;
  unnumbered.push(0);
  unnumbered.push(0);
  EXPECT_EQ(unnumbered.heard.size(), 2u);
}

TEST(ChunkOrder, AnyShuffleWithinItsReachIsPutRight) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> numbers;
    for (int i = 1; i <= 60; ++i) numbers.push_back(i);
    for (std::size_t i = 0; i + 3 < numbers.size(); i += 4)
      std::shuffle(numbers.begin() + static_cast<long>(i),
                   numbers.begin() + static_cast<long>(i) + 4, random);
    Ordered ordered;
    for (int i : numbers) ordered.push(i);
    ASSERT_TRUE(std::is_sorted(ordered.heard.begin(), ordered.heard.end()));
    ASSERT_EQ(ordered.heard.size(), 60u);
  }
}

TEST(L16Order, IsFoundOutFromTheSound) {
  for (const bool big : {false, true})
    for (const double amplitude : {3.0, 100.0, 20000.0}) {
      L16Order order(TelnyxSettings::ByteOrder::kDetect);
      order.look(Bytes(640));
      EXPECT_FALSE(order.big_endian());
      order.look(tone(big, amplitude));
      EXPECT_EQ(order.big_endian(), big) << amplitude;
    }
}

TEST(L16Order, StandsOnceItIsSureAndWhenItIsConfigured) {
  L16Order order(TelnyxSettings::ByteOrder::kDetect);
  for (int i = 0; i < 50; ++i) order.look(tone(true, 1000));
  for (int i = 0; i < 500; ++i) order.look(tone(false, 1000));
  EXPECT_TRUE(order.big_endian());
  L16Order configured(TelnyxSettings::ByteOrder::kLittle);
  configured.look(tone(true, 1000));
  EXPECT_FALSE(configured.big_endian());
}

TEST(TelnyxWire, MessagesAreAsDocumentedAndL16GoesOutInTheStreamsOrder) {
  L16Order big(TelnyxSettings::ByteOrder::kBig);
  TelnyxWire wire({Encoding::kPcm, 16000}, big);
  const std::uint8_t frame[] = {0x01, 0x02, 0x03, 0x04};
  EXPECT_EQ(wire.media(frame), R"({"event":"media","media":{"payload":"AgEEAw=="}})");
  EXPECT_EQ(wire.mark("m1"), R"({"event":"mark","mark":{"name":"m1"}})");
  EXPECT_EQ(wire.clear(), R"({"event":"clear"})");
  TelnyxWire law({Encoding::kAlaw, 8000}, big);
  EXPECT_EQ(law.media(frame), R"({"event":"media","media":{"payload":"AQIDBA=="}})");
}

TEST(TelnyxFormat, IsReadFromTheStart) {
  EXPECT_EQ(telnyx_format("PCMU", 8000), (WireFormat{Encoding::kMulaw, 8000}));
  EXPECT_EQ(telnyx_format("audio/x-mulaw", 0), (WireFormat{Encoding::kMulaw, 8000}));
  EXPECT_EQ(telnyx_format("PCMA", 8000), (WireFormat{Encoding::kAlaw, 8000}));
  EXPECT_EQ(telnyx_format("L16", 16000), (WireFormat{Encoding::kPcm, 16000}));
  EXPECT_EQ(telnyx_format("L16", 8000), (WireFormat{Encoding::kPcm, 8000}));
  for (const auto& [name, rate] :
       {std::pair{"PCMU", 16000}, {"G722", 8000}, {"OPUS", 16000}, {"L16", 24000}})
    EXPECT_FALSE(telnyx_format(name, rate)) << name;
}

TEST(StreamMessage, TelnyxNamesAreReadToo) {
  StreamMessageParser parser;
  const auto start = parser.parse(
      R"({"event":"start","sequence_number":"1","stream_id":"S1","start":{"call_control_id":"v3:a",
      "custom_parameters":{"token":"t"},"media_format":{"encoding":"PCMA","sample_rate":"8000","channels":1}}})");
  EXPECT_EQ(start.kind, StreamMessage::Kind::kStart) << start.error;
  EXPECT_EQ(start.stream_id, "S1");
  EXPECT_EQ(start.call_id, "v3:a");
  EXPECT_EQ(start.encoding, "PCMA");
  EXPECT_EQ(start.sample_rate, 8000);
  EXPECT_EQ(start.parameters.at("token"), "t");
  const auto media = parser.parse(
      R"({"event":"media","media":{"track":"inbound","chunk":"12","timestamp":"5","payload":"/w=="}})");
  EXPECT_EQ(media.chunk, 12);
  const auto error = parser.parse(
      R"({"event":"error","stream_id":"S1","payload":{"code":100003,"title":"malformed_frame","detail":"x"}})");
  EXPECT_EQ(error.kind, StreamMessage::Kind::kError);
  EXPECT_EQ(error.text, "malformed_frame: x");
}

TEST(LaunchText, GetsTheCodecsOfEitherDirection) {
  const std::string launch = "callsrc name=in {decoder} ! x {encoder} ! callsink name=out";
  EXPECT_EQ(with_codecs(launch, {Encoding::kAlaw, 8000}, {Encoding::kMulaw, 8000}),
            "callsrc name=in ! alawtopcm ! x ! pcmtomulaw ! callsink name=out");
  EXPECT_EQ(with_codecs(launch, {Encoding::kPcm, 16000}, {Encoding::kPcm, 16000}),
            "callsrc name=in  ! x  ! callsink name=out");
}
