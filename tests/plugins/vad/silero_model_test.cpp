#include "plugins/vad/onnx_reader.h"
#include "plugins/vad/silero_state.h"
#include "tests/plugins/vad/half_band.h"
#include "tests/plugins/vad/speech_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>
#include <random>

using namespace centralita;

namespace {

// What the feasibility prototype of this forward pass, which had been found equal to ONNX Runtime
// within 1e-5 over 12,245 s of audio, gives for VoiceLikeSignal with the v6 weights (sha256 of the
// file 1a153a22f450...), compiled by itself: one probability for each window.
constexpr float kGolden[] = {
    0.1299803f, 0.0751152f, 0.0423873f, 0.0353997f, 0.0248206f, 0.0183309f, 0.0120875f, 0.0102516f,
    0.0093604f, 0.0094086f, 0.0074808f, 0.0064820f, 0.0062707f, 0.0053620f, 0.0060775f, 0.2439044f,
    0.9660589f, 0.9836254f, 0.9870446f, 0.9120001f, 0.7591261f, 0.4896957f, 0.4361387f, 0.3423968f,
    0.1885448f, 0.0837877f, 0.0695762f, 0.0284924f, 0.0559315f, 0.0922346f, 0.0549363f, 0.0434876f,
    0.0442083f, 0.0266374f, 0.0086876f, 0.0074799f, 0.0051646f, 0.0056251f, 0.0058351f, 0.0047054f,
    0.0036385f, 0.0030387f, 0.0036006f, 0.0036187f, 0.0039928f, 0.0038998f, 0.0033175f, 0.7133415f,
    0.7817677f, 0.7996682f, 0.8369407f, 0.7574978f, 0.4736170f, 0.5197989f, 0.5546546f, 0.5450627f,
    0.5839155f, 0.5936080f, 0.5647399f, 0.4858288f, 0.2681194f, 0.1733065f, 0.2388143f, 0.2212394f,
};

// Deterministic, and such that the network is of many minds about it: half of every second, pulses
// at a gliding pitch through two resonances; noise always.
class VoiceLikeSignal {
 public:
  std::array<float, 512> next_window() {
    std::array<float, 512> window;
    for (float& sample : window) sample = next();
    return window;
  }

 private:
  float next() {
    const double time = n_ / 16000.0;
    const bool voiced = n_ / 8000 % 2 == 1;
    ++n_;
    phase_ += (120 + 30 * std::sin(2 * std::numbers::pi * 1.5 * time)) / 16000;
    float pulse = 0;
    if (phase_ >= 1) {
      phase_ -= 1;
      pulse = voiced ? 1.0f : 0.0f;
    }
    const float throat = pulse + 1.94f * throat_[0] - 0.962f * throat_[1];
    throat_ = {throat, throat_[0]};
    const float mouth = throat + 1.62f * mouth_[0] - 0.94f * mouth_[1];
    mouth_ = {mouth, mouth_[0]};
    random_ = random_ * 1664525u + 1013904223u;
    const float noise = static_cast<float>(static_cast<int>(random_ >> 8) - (1 << 23)) / (1 << 23);
    return 0.004f * mouth + 0.003f * noise;
  }

  int n_ = 0;
  double phase_ = 0;
  std::array<float, 2> throat_{}, mouth_{};
  std::uint32_t random_ = 1;
};

std::vector<std::array<float, 256>> windows_of(std::span<const std::int16_t> samples) {
  std::vector<std::array<float, 256>> windows(samples.size() / 256);
  for (std::size_t w = 0; w < windows.size(); ++w)
    std::transform(samples.begin() + static_cast<std::ptrdiff_t>(w * 256),
                   samples.begin() + static_cast<std::ptrdiff_t>(w * 256 + 256), windows[w].begin(),
                   [](std::int16_t s) { return static_cast<float>(s) / 32768.0f; });
  return windows;
}

std::string model_file() {
  std::ifstream file(test::silero_model(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST(SileroModel, GivesTheProbabilitiesOfTheReferenceWhateverTheInstructions) {
  const auto weights = SileroWeights::load(test::silero_model());
  ASSERT_TRUE(weights) << weights.error();
  for (const auto level : vector_levels()) {
    SileroState state(*weights, 16000, level);
    VoiceLikeSignal signal;
    for (std::size_t i = 0; i < std::size(kGolden); ++i)
      EXPECT_NEAR(state.step(signal.next_window()), kGolden[i], 1e-4)
          << "window " << i << " at level " << static_cast<int>(level);
  }
}

TEST(SileroModel, AllInstructionsGiveTheSameForTelephoneAudio) {
  const auto weights = SileroWeights::load(test::silero_model());
  ASSERT_TRUE(weights) << weights.error();
  SileroState plain(*weights, 8000, VectorLevel::kBaseline);
  for (const auto level : vector_levels()) {
    plain.reset();
    SileroState state(*weights, 8000, level);
    for (const auto& window : windows_of(test::prompt("en_US_f_Allison/agent-pass")))
      EXPECT_NEAR(state.step(window), plain.step(window), 1e-4);
  }
}

TEST(SileroModel, TelephoneAudioNeedsNoUpsampling) {
  // The transform of 8 kHz audio is the lower half of that of the same audio at 16 kHz. The
  // reference is up-sampled by a filter that lets some of the image above 4 kHz through.
  const auto weights = SileroWeights::load(test::silero_model());
  ASSERT_TRUE(weights) << weights.error();
  SileroState narrow(*weights, 8000);
  SileroState wide(*weights, 16000);
  HalfBandUpsampler upsampler;
  double difference = 0;
  int windows = 0, disagreements = 0;
  for (const auto* name : {"en_US_f_Allison/agent-pass", "es_MX_f_Allison/conf-getpin"})
    for (const auto& window : windows_of(test::prompt(name))) {
      std::array<std::int16_t, 256> samples;
      std::transform(window.begin(), window.end(), samples.begin(),
                     [](float x) { return static_cast<std::int16_t>(x * 32768); });
      std::array<float, 512> twice;
      upsampler.push(samples, twice);
      const float a = narrow.step(window);
      const float b = wide.step(twice);
      difference += std::abs(a - b);
      disagreements += (a > 0.5f) != (b > 0.5f);
      ++windows;
    }
  EXPECT_LT(difference / windows, 0.02);
  EXPECT_LE(disagreements, windows / 50);
}

TEST(SileroModel, AResetStateStartsAfresh) {
  const auto weights = SileroWeights::load(test::silero_model());
  ASSERT_TRUE(weights) << weights.error();
  SileroState state(*weights, 16000);
  for (int round = 0; round < 2; ++round) {
    VoiceLikeSignal signal;
    for (std::size_t i = 0; i < 20; ++i)
      EXPECT_NEAR(state.step(signal.next_window()), kGolden[i], 1e-4);
    state.reset();
  }
}

TEST(SileroModel, StreamsShareTheWeightsAndNotTheirMemory) {
  const auto first = SileroWeights::load(test::silero_model());
  const auto second = SileroWeights::load(test::silero_model());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->get(), second->get());
  SileroState speech(*first, 16000);
  SileroState silence(*second, 16000);
  VoiceLikeSignal signal;
  for (const float golden : kGolden) {
    (void)silence.step(std::array<float, 512>{});
    EXPECT_NEAR(speech.step(signal.next_window()), golden, 1e-4);
  }
}

TEST(SileroModel, AMissingFileIsAnErrorThatNamesIt) {
  const auto weights = SileroWeights::load("/nonexistent/silero_vad.onnx");
  ASSERT_FALSE(weights);
  EXPECT_NE(weights.error().find("/nonexistent/silero_vad.onnx"), std::string::npos);
}

TEST(SileroModel, ADirectoryIsAnError) { EXPECT_FALSE(SileroWeights::load("/")); }

TEST(SileroModel, ATruncatedFileIsAnErrorWhereverItIsCut) {
  const auto whole = model_file();
  ASSERT_TRUE(SileroWeights::parse(whole));
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97)
    EXPECT_FALSE(SileroWeights::parse(std::string_view(whole).substr(0, size))) << size;
  EXPECT_FALSE(SileroWeights::parse(std::string_view(whole).substr(0, whole.size() - 1)));
}

TEST(SileroModel, ADamagedFileIsReadWithoutHarm) {
  const auto whole = model_file();
  std::mt19937 random(11);
  int errors = 0;
  for (int round = 0; round < 150; ++round) {
    auto damaged = whole;
    // Where the structure is: near the beginning, and anywhere.
    for (int i = 0; i < 20; ++i) damaged[random() % 4000] = static_cast<char>(random());
    for (int i = 0; i < 200; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    errors += !SileroWeights::parse(damaged);
  }
  EXPECT_GT(errors, 0);
}

TEST(SileroModel, WhatIsNoModelIsAnError) {
  EXPECT_FALSE(SileroWeights::parse(""));
  EXPECT_FALSE(SileroWeights::parse("<!DOCTYPE html><html>404</html>"));
  EXPECT_FALSE(SileroWeights::parse(std::string(100000, '\xff')));
  EXPECT_FALSE(SileroWeights::parse(std::string(100000, '\0')));
}

namespace {

std::string field(unsigned number, std::string_view bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  std::size_t size = bytes.size();
  for (; size > 127; size >>= 7) out += static_cast<char>(size | 0x80);
  out += static_cast<char>(size);
  return out.append(bytes);
}

std::string tensor(std::string_view dims, std::string_view raw) {
  return field(1, dims) + "\x10\x01" + field(8, "t") + field(9, raw);
}

}  // namespace

TEST(OnnxReader, ReadsATensor) {
  const float values[] = {1.5f, -2};
  const auto tensors = read_onnx_tensors(
      field(7, field(5, tensor("\x02\x01", {reinterpret_cast<const char*>(values), 8}))));
  ASSERT_TRUE(tensors) << tensors.error();
  EXPECT_EQ(tensors->at("t").values, (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(tensors->at("t").shape, (std::vector<std::int64_t>{2, 1}));
}

TEST(OnnxReader, AShapeThatIsNotThatOfTheValuesIsAnError) {
  EXPECT_FALSE(read_onnx_tensors(field(7, field(5, tensor("\x03", std::string(8, '\0'))))));
  // 2^62 x 4: a product that wraps around to nothing.
  const std::string huge = "\x80\x80\x80\x80\x80\x80\x80\x80\x40\x04";
  EXPECT_FALSE(read_onnx_tensors(field(7, field(5, tensor(huge, "")))));
  const std::string negative = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
  EXPECT_FALSE(read_onnx_tensors(field(7, field(5, tensor(negative, "")))));
}

TEST(OnnxReader, GraphsWithinGraphsWithoutEndAreAnError) {
  std::string graph;
  for (int depth = 0; depth < 5000; ++depth) graph = field(1, field(5, field(6, graph)));
  const auto tensors = read_onnx_tensors(field(7, graph));
  ASSERT_FALSE(tensors);
  EXPECT_NE(tensors.error().find("deeply"), std::string::npos);
}
