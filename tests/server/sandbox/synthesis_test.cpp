// Speech synthesis over loopback HTTP.
#include "server/sandbox/wav.h"
#include "tests/server/sandbox/client.h"

#include <algorithm>
#include <cmath>

using namespace centralita;
using namespace centralita::sandbox;

namespace {

constexpr char kJenny[] = "en-US-JennyNeural";

std::vector<std::int16_t> pcm(const std::string& bytes) {
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
    samples.push_back(static_cast<std::int16_t>(static_cast<std::uint8_t>(bytes[i]) |
                                                static_cast<std::uint8_t>(bytes[i + 1]) << 8));
  return samples;
}

int loudest(const std::vector<std::int16_t>& samples) {
  int most = 0;
  for (const int sample : samples) most = std::max(most, std::abs(sample));
  return most;
}

}  // namespace

struct Synthesis : SandboxTest {};

TEST_F(Synthesis, EveryRawFormatIsTheSameSpeechAtItsOwnRate) {
  const std::pair<const char*, double> kBytesPerSecond[] = {
      {"raw-8khz-8bit-mono-mulaw", 8000},    {"raw-8khz-8bit-mono-alaw", 8000},
      {"raw-8khz-16bit-mono-pcm", 16000},    {"raw-16khz-16bit-mono-pcm", 32000},
      {"raw-22050hz-16bit-mono-pcm", 44100}, {"raw-24khz-16bit-mono-pcm", 48000},
      {"raw-44100hz-16bit-mono-pcm", 88200}, {"raw-48khz-16bit-mono-pcm", 96000}};
  std::optional<double> seconds;
  for (const auto& [format, rate] : kBytesPerSecond) {
    const auto reply = speak(ssml(kJenny, "Hello."), format);
    ASSERT_EQ(reply.status, 200) << format;
    EXPECT_TRUE(reply.whole);
    EXPECT_EQ(reply.headers.at("transfer-encoding"), "chunked");
    const double duration = static_cast<double>(reply.body.size()) / rate;
    EXPECT_NEAR(duration, seconds.value_or(duration), 0.01) << format;
    seconds = duration;
  }
  EXPECT_GT(*seconds, 0.3);
  EXPECT_LT(*seconds, 2);
}

TEST_F(Synthesis, RiffHasAHeaderOfItsTrueLength) {
  const auto reply = speak(ssml(kJenny, "Hello."), "riff-24khz-16bit-mono-pcm");
  const auto audio = read_wav(reply.body);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->rate, 24000);
  EXPECT_EQ(audio->samples.size() * 2 + 44, reply.body.size());
}

TEST_F(Synthesis, RateVolumeAndPausesAreHonoured) {
  const auto spoken = [&](const std::string& inner) {
    return pcm(speak(ssml(kJenny, inner), "raw-8khz-16bit-mono-pcm").body);
  };
  const auto plain = spoken("Good morning everybody.");
  const auto fast = spoken("<prosody rate='+100%'>Good morning everybody.</prosody>");
  const auto soft = spoken("<prosody volume='25'>Good morning everybody.</prosody>");
  const auto late = spoken("<break time='500ms'/>Good morning everybody.");
  EXPECT_LT(static_cast<double>(fast.size()), 0.7 * static_cast<double>(plain.size()));
  EXPECT_NEAR(loudest(soft), loudest(plain) / 4.0, 100);
  EXPECT_EQ(late.size(), plain.size() + 4000);
}

TEST_F(Synthesis, SpanishSpeaksWithBothVoices) {
  for (const auto* voice : {"es-MX-DaliaNeural", "es-ES-AlvaroNeural"}) {
    const auto reply =
        speak(ssml(voice, "Muchas gracias. Hasta luego."), "raw-8khz-16bit-mono-pcm");
    ASSERT_EQ(reply.status, 200) << voice;
    EXPECT_GT(reply.body.size(), 16000u);
    EXPECT_GT(loudest(pcm(reply.body)), 3000);
  }
}

TEST_F(Synthesis, BadRequestsAreRefusedAsAzureDoes) {
  EXPECT_EQ(speak("<speak", "raw-8khz-8bit-mono-mulaw").status, 400);
  EXPECT_EQ(speak("not xml", "raw-8khz-8bit-mono-mulaw").status, 400);
  EXPECT_EQ(speak(ssml("xx-XX-NobodyNeural", "Hello."), "raw-8khz-8bit-mono-mulaw").status, 400);
  EXPECT_EQ(speak(ssml(kJenny, "Hello."), "raw-8khz-8bit-mono-opus").status, 400);
  EXPECT_EQ(speak("<speak version='1.0' xmlns='x' xml:lang='en-US'>No voice</speak>",
                  "raw-8khz-8bit-mono-mulaw")
                .status,
            400);
  const RequestHeaders headers{{"Ocp-Apim-Subscription-Key", "test"},
                               {"X-Microsoft-OutputFormat", "raw-8khz-8bit-mono-mulaw"}};
  EXPECT_EQ(send("POST", "/cognitiveservices/v1", headers, "application/json", "{}").status, 415);
}

TEST_F(Synthesis, WrongAndMissingKeysGet401AndATokenOpens) {
  EXPECT_EQ(speak(ssml(kJenny, "Hello."), "raw-8khz-8bit-mono-mulaw",
                  {{"Ocp-Apim-Subscription-Key", "wrong-key"}})
                .status,
            401);
  EXPECT_EQ(
      send("POST", "/cognitiveservices/v1", {}, "application/ssml+xml", ssml(kJenny, "Hello."))
          .status,
      401);
  EXPECT_EQ(send("POST", "/sts/v1.0/issueToken").status, 401);
  const auto token = send("POST", "/sts/v1.0/issueToken", {{"Ocp-Apim-Subscription-Key", "test"}});
  EXPECT_EQ(token.status, 200);
  EXPECT_EQ(std::count(token.body.begin(), token.body.end(), '.'), 2);
  const auto voices =
      send("GET", "/cognitiveservices/voices/list", {{"Authorization", "Bearer " + token.body}});
  EXPECT_EQ(voices.status, 200);
  const auto list = json::parse(voices.body)->array().objects();
  EXPECT_TRUE(std::any_of(list.begin(), list.end(), [](const auto& v) {
    return v.string("ShortName") == "es-MX-DaliaNeural" && v.string("SampleRateHertz") == "24000";
  }));
}
