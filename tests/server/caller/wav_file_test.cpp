#include "server/caller/wav_file.h"

#include "plugins/base/ref.h"
#include "server/caller/voicing.h"
#include "tests/server/caller/fake_agent.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>

using namespace centralita;
using namespace centralita::caller;

namespace {

struct WavFileTest : ::testing::Test {
  WavFileTest() {
    GError* error = nullptr;
    const OwnedString made(g_dir_make_tmp("caller-XXXXXX", &error));
    folder = made.get();
  }
  ~WavFileTest() override {
    std::remove(path().c_str());
    std::remove(folder.c_str());
  }
  std::string path() const { return folder + "/x.wav"; }
  std::string folder;
};

double rms(std::span<const std::int16_t> samples) {
  double energy = 0;
  for (const double sample : samples) energy += sample * sample;
  return std::sqrt(energy / static_cast<double>(samples.size()));
}

}  // namespace

TEST_F(WavFileTest, WhatIsWrittenIsReadBackSampleForSample) {
  const auto samples = tone(0.5, 8000);
  ASSERT_EQ(write_wav(path(), samples, 8000, 1), "");
  const auto read = read_audio(path(), 8000);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, samples);
}

TEST_F(WavFileTest, StereoOfAnotherRateBecomesMonoOfTheRateAskedFor) {
  const auto mono = tone(1, 44100);
  std::vector<std::int16_t> stereo;
  for (const auto sample : mono) stereo.insert(stereo.end(), {sample, sample});
  ASSERT_EQ(write_wav(path(), stereo, 44100, 2), "");
  const auto read = read_audio(path(), 16000);
  ASSERT_TRUE(read) << read.error();
  EXPECT_NEAR(static_cast<double>(read->size()), 16000, 50);
  EXPECT_NEAR(rms(*read), rms(mono), 60);
}

TEST_F(WavFileTest, RealSpeechHasAVoicedSpanInsideIt) {
  const auto read = read_audio("/usr/share/asterisk/sounds/en_US_f_Allison/hello-world.wav", 16000);
  ASSERT_TRUE(read) << read.error();
  const auto voiced = find_voiced(*read, 16000);
  ASSERT_TRUE(voiced);
  EXPECT_LT(voiced->first, voiced->last);
  EXPECT_LT(voiced->last, read->size());
  EXPECT_GT(voiced->last - voiced->first, 8000u);
}

TEST_F(WavFileTest, AFileThatIsMissingOrNoAudioIsASentenceWithItsName) {
  EXPECT_NE(read_audio(path(), 8000).error().find("x.wav"), std::string::npos);
  std::ofstream(path()) << "this is a text and not a recording\n";
  EXPECT_NE(read_audio(path(), 8000).error().find("x.wav"), std::string::npos);
  EXPECT_NE(write_wav(folder + "/no/such/x.wav", {}, 8000, 1), "");
}

TEST(Voicing, FindsTheFirstAndLastLoudSample) {
  std::vector<std::int16_t> samples(8000);
  for (std::size_t i = 1010; i <= 3030; ++i) samples[i] = 4000;
  const auto voiced = find_voiced(samples, 8000);
  ASSERT_TRUE(voiced);
  EXPECT_EQ(voiced->first, 1010u);
  EXPECT_EQ(voiced->last, 3030u);
  EXPECT_FALSE(find_voiced(std::vector<std::int16_t>(8000, 100), 8000));
}
