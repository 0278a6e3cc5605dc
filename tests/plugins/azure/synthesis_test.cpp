#include "plugins/azure/synthesis.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

bool no_raw_audio(std::string_view bytes) {
  return is_no_raw_audio({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

struct Environment {
  Environment() { clear(); }
  ~Environment() { clear(); }
  static void clear() {
    for (const char* name : {"AZURE_SPEECH_KEY", "AZURE_SPEECH_REGION", "AZURE_SPEECH_ENDPOINT"})
      g_unsetenv(name);
  }
};

}  // namespace

TEST(SynthesisSettings, TheRegionNamesTheHost) {
  const Environment environment;
  EXPECT_EQ(SynthesisSettings{}.resolved().provider.base_url,
            "https://eastus.tts.speech.microsoft.com/cognitiveservices/v1");
  g_setenv("AZURE_SPEECH_REGION", "westeurope", TRUE);
  EXPECT_EQ(SynthesisSettings{}.resolved().provider.base_url,
            "https://westeurope.tts.speech.microsoft.com/cognitiveservices/v1");
  EXPECT_EQ(SynthesisSettings{.region = "brazilsouth"}.resolved().provider.base_url,
            "https://brazilsouth.tts.speech.microsoft.com/cognitiveservices/v1");
}

TEST(SynthesisSettings, AnEndpointCountsForMoreThanARegion) {
  const Environment environment;
  g_setenv("AZURE_SPEECH_ENDPOINT", "http://127.0.0.1:9009/", TRUE);
  EXPECT_EQ(SynthesisSettings{.region = "eastus"}.resolved().provider.base_url,
            "http://127.0.0.1:9009/cognitiveservices/v1");
  const std::string custom =
      "https://eastus.voice.speech.microsoft.com/cognitiveservices/v1?deploymentId=7";
  EXPECT_EQ(SynthesisSettings{.provider = {.base_url = custom}}.resolved().provider.base_url,
            custom);
}

TEST(SynthesisSettings, OnlyAzureItselfNeedsAKey) {
  const Environment environment;
  EXPECT_TRUE(SynthesisSettings{}.resolved().lacks_key());
  EXPECT_FALSE(
      SynthesisSettings{.provider = {.base_url = "http://127.0.0.1:1"}}.resolved().lacks_key());
  g_setenv("AZURE_SPEECH_KEY", "k\n", TRUE);
  EXPECT_FALSE(SynthesisSettings{}.resolved().lacks_key());
  EXPECT_EQ(SynthesisSettings{}.resolved().provider.api_key, "k");
}

TEST(LeastDuration, IsOfTheLettersAndTheRateAndNothingForAFewWords) {
  using namespace std::chrono_literals;
  EXPECT_EQ(least_duration("Hola, un momento.", 1), 0s);
  EXPECT_EQ(least_duration(std::string(39, 'a'), 1), 0s);
  EXPECT_EQ(least_duration(std::string(100, 'a'), 1), 4s);
  EXPECT_EQ(least_duration(std::string(100, 'a'), 2), 2s);
  EXPECT_EQ(least_duration(std::string(500, '.') + std::string(500, '7'), 1), 0s);
}

TEST(RawAudio, DocumentsAndFilesAreNotTakenForIt) {
  EXPECT_TRUE(no_raw_audio("RIFF\xFF\xFF\xFF\xFFWAVEfmt "));
  EXPECT_TRUE(no_raw_audio(R"({"error":{"code":"x"}})"));
  EXPECT_TRUE(no_raw_audio("{}"));
  EXPECT_TRUE(no_raw_audio("<!DOCTYPE html>\n<html>"));
  EXPECT_TRUE(no_raw_audio("\xEF\xBB\xBF<?xml version=\"1.0\"?>"));
}

TEST(RawAudio, AudioThatBeginsWithABracketIsAudio) {
  EXPECT_FALSE(no_raw_audio("{\x7E\x7D\xFE\xFB}zyxwvutsrqponm"));  // quiet mu-law
  EXPECT_FALSE(no_raw_audio(std::string("<\0{\0[\0<\0{\0[\0<\0<\0", 16)));
  EXPECT_FALSE(no_raw_audio("hello, this is no document either"));
}
