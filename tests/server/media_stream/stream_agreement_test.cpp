#include "server/media_stream/stream_agreement.h"

#include <gtest/gtest.h>

using namespace centralita;
using Encoding = WireFormat::Encoding;

namespace {

StreamMessage start(const std::string& encoding, int rate) {
  StreamMessage message;
  message.kind = StreamMessage::Kind::kStart;
  message.stream_id = "MZ1";
  message.encoding = encoding;
  message.sample_rate = rate;
  return message;
}

}  // namespace

TEST(StreamAgreement, TwilioSpeaksMuLawBothWaysWhetherItSaysSoOrNot) {
  for (const auto& said : {start("audio/x-mulaw", 8000), start("", 0)}) {
    const auto agreed = agree_on_stream("twilio", said, {});
    ASSERT_EQ(agreed.mistake, "");
    EXPECT_EQ(agreed.caller->format().encoding, Encoding::kMulaw);
    EXPECT_EQ(agreed.wire->format().rate, 8000);
  }
}

TEST(StreamAgreement, TelnyxIsHeardAsItSaysAndSpokenToAsItWasAskedFor) {
  const TelnyxSettings telnyx{.codec = TelnyxSettings::Codec::kPcmu};
  const auto agreed = agree_on_stream("telnyx", start("L16", 16000), telnyx);
  ASSERT_EQ(agreed.mistake, "");
  EXPECT_EQ(agreed.caller->format().encoding, Encoding::kPcm);
  EXPECT_EQ(agreed.caller->format().rate, 16000);
  EXPECT_EQ(agreed.wire->format().encoding, Encoding::kMulaw);
}

TEST(StreamAgreement, AFormatThatNobodySpeaksIsNamedWithThoseThatAreSpoken) {
  EXPECT_EQ(agree_on_stream("twilio", start("audio/opus", 8000), {}).mistake,
            "the stream's format is audio/opus; it must be audio/x-mulaw");
  EXPECT_EQ(agree_on_stream("telnyx", start("OPUS", 48000), {}).mistake,
            "the stream's format is OPUS at 48000; it must be PCMU, PCMA or L16");
  EXPECT_EQ(
      agree_on_stream("browser", start("audio/ogg", 0), {}).mistake,
      "the stream's format is audio/ogg; it must be audio/pcm, audio/x-mulaw or audio/x-alaw");
}

TEST(StreamAgreement, ABrowserWithAnotherSampleRateHasAWireByWhichItIsTold) {
  const auto agreed = agree_on_stream("browser", start("audio/x-mulaw", 44100), {});
  EXPECT_EQ(agreed.mistake, "the stream's sample rate is 44100; it must be 8000");
  EXPECT_NE(agreed.wire, nullptr);
}

TEST(CallerAudio, BigEndianL16IsTurnedAroundOnceItIsKnown) {
  CallerAudio audio({.encoding = Encoding::kPcm, .rate = 16000},
                    std::make_unique<L16Order>(TelnyxSettings::ByteOrder::kBig));
  std::vector<std::uint8_t> heard;
  const std::vector<std::uint8_t> frame = {0x01, 0x02, 0x03, 0x04};
  audio.push(0, frame, [&](auto bytes) { heard.assign(bytes.begin(), bytes.end()); });
  EXPECT_EQ(heard, (std::vector<std::uint8_t>{0x02, 0x01, 0x04, 0x03}));
}
