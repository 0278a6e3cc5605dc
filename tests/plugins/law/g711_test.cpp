#include "plugins/law/g711.h"

#include "plugins/base/ref.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

using namespace centralita;
using g711::Law;

namespace {

template <Law law>
std::int16_t decoded(std::uint8_t code) {
  std::int16_t sample = 1;
  g711::decode<law>({&code, 1}, {&sample, 1});
  return sample;
}

template <Law law>
std::uint8_t encoded(int value) {
  const auto sample = static_cast<std::int16_t>(value);
  std::uint8_t code = 0;
  g711::encode<law>({&sample, 1}, {&code, 1});
  return code;
}

std::vector<std::uint8_t> all_codes() {
  std::vector<std::uint8_t> codes(256);
  std::iota(codes.begin(), codes.end(), 0);
  return codes;
}

std::vector<std::int16_t> all_samples() {
  std::vector<std::int16_t> samples(65536);
  std::iota(samples.begin(), samples.end(), std::int16_t{-32768});
  return samples;
}

template <Law law>
std::vector<std::int16_t> decode_all() {
  std::vector<std::int16_t> samples(256);
  g711::decode<law>(all_codes(), samples);
  return samples;
}

template <Law law>
std::vector<std::uint8_t> encode_all() {
  std::vector<std::uint8_t> codes(65536);
  g711::encode<law>(all_samples(), codes);
  return codes;
}

template <typename T>
std::string sha256(const std::vector<T>& data) {
  const OwnedString sum(g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(data.data()), data.size() * sizeof(T)));
  return sum.get();
}

// What an element of GStreamer's own makes of the bytes, all at once.
template <typename Out, typename In>
std::vector<Out> through(const char* element, const char* caps, const std::vector<In>& input) {
  GstHarness* harness = gst_harness_new(element);
  gst_harness_set_src_caps_str(harness, caps);
  gst_harness_push(harness, gst_buffer_new_memdup(input.data(), input.size() * sizeof(In)));
  const auto buffer = Ref<GstBuffer>::adopt(gst_harness_pull(harness));
  std::vector<Out> output(gst_buffer_get_size(buffer.get()) / sizeof(Out));
  gst_buffer_extract(buffer.get(), 0, output.data(), output.size() * sizeof(Out));
  gst_harness_teardown(harness);
  return output;
}

constexpr char kPcm[] = "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved";

}  // namespace

TEST(G711, DecodesTheVectorsOfTheStandard) {
  const std::pair<int, int> mu[] = {{0x00, -32124}, {0x01, -31100}, {0x0f, -16764}, {0x10, -15996},
                                    {0x2a, -5372},  {0x55, -716},   {0x70, -120},   {0x7e, -8},
                                    {0x7f, 0},      {0xff, 0},      {0xfe, 8},      {0xf0, 120},
                                    {0x80, 32124},  {0x8f, 16764}};
  for (const auto& [code, value] : mu)
    EXPECT_EQ(decoded<Law::kMu>(static_cast<std::uint8_t>(code)), value) << code;
  const std::pair<int, int> a[] = {{0x2a, -32256}, {0xaa, 32256}, {0x00, -5504}, {0x01, -5248},
                                   {0x0f, -6784},  {0x10, -2752}, {0x55, -8},    {0xd5, 8},
                                   {0x70, -688},   {0x7f, -848},  {0x80, 5504},  {0x8f, 6784},
                                   {0xf0, 688},    {0xff, 848}};
  for (const auto& [code, value] : a)
    EXPECT_EQ(decoded<Law::kA>(static_cast<std::uint8_t>(code)), value) << code;

  const int mu_first[] = {-32124, -31100, -30076, -29052, -28028, -27004, -25980, -24956,
                          -23932, -22908, -21884, -20860, -19836, -18812, -17788, -16764};
  const int a_80[] = {5504, 5248, 6016, 5760, 4480, 4224, 4992, 4736,
                      7552, 7296, 8064, 7808, 6528, 6272, 7040, 6784};
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(decode_all<Law::kMu>()[i], mu_first[i]) << i;
    EXPECT_EQ(decode_all<Law::kA>()[0x80 + i], a_80[i]) << i;
  }
}

TEST(G711, TheWholeDecodeTablesHaveTheKnownChecksums) {
  const auto sum_of = [](const std::vector<std::int16_t>& v) {
    return std::accumulate(v.begin(), v.end(), 0);
  };
  const auto magnitude_of = [](const std::vector<std::int16_t>& v) {
    return std::accumulate(v.begin(), v.end(), 0, [](int s, int x) { return s + std::abs(x); });
  };
  EXPECT_EQ(sum_of(decode_all<Law::kMu>()), 0);
  EXPECT_EQ(sum_of(decode_all<Law::kA>()), 0);
  EXPECT_EQ(magnitude_of(decode_all<Law::kMu>()), 1532928);
  EXPECT_EQ(magnitude_of(decode_all<Law::kA>()), 1564672);
  EXPECT_EQ(sha256(decode_all<Law::kMu>()),
            "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827");
  EXPECT_EQ(sha256(decode_all<Law::kA>()),
            "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174");
}

TEST(G711, EncodesTheVectorsOfTheStandard) {
  struct Row {
    int linear, mu, a;
  };
  const Row rows[] = {{0, 0xff, 0xd5},     {1, 0xff, 0xd5},     {3, 0xff, 0xd5},
                      {-1, 0x7f, 0x55},    {-3, 0x7f, 0x55},    {4, 0xfe, 0xd5},
                      {8, 0xfe, 0xd5},     {-4, 0x7e, 0x55},    {-8, 0x7e, 0x55},
                      {-9, 0x7e, 0x55},    {16, 0xfd, 0xd4},    {-16, 0x7d, 0x54},
                      {100, 0xf2, 0xd3},   {-100, 0x72, 0x53},  {1000, 0xce, 0xfa},
                      {-1000, 0x4e, 0x7a}, {8000, 0xa0, 0x8a},  {-32635, 0x00, 0x2a},
                      {32124, 0x80, 0xaa}, {32767, 0x80, 0xaa}, {-32768, 0x00, 0x2a}};
  for (const auto& row : rows) {
    EXPECT_EQ(encoded<Law::kMu>(row.linear), row.mu) << row.linear;
    EXPECT_EQ(encoded<Law::kA>(row.linear), row.a) << row.linear;
  }
}

TEST(G711, TheCodesOfAllInputsHaveTheKnownChecksums) {
  EXPECT_EQ(sha256(encode_all<Law::kMu>()),
            "5ee7cf5f273f842d2234121e4cb0c98d6b20a99ac29026f94e05b36955b195be");
  EXPECT_EQ(sha256(encode_all<Law::kA>()),
            "61ab4ea19c31b12928e2b51176bd343304bde4314e26a84aa52a71e46942b893");
}

TEST(G711, DecodesAllCodesLikeGStreamer) {
  EXPECT_EQ(decode_all<Law::kMu>(),
            (through<std::int16_t>("mulawdec", "audio/x-mulaw,rate=8000,channels=1", all_codes())));
  EXPECT_EQ(decode_all<Law::kA>(),
            (through<std::int16_t>("alawdec", "audio/x-alaw,rate=8000,channels=1", all_codes())));
}

TEST(G711, EncodesAllInputsLikeGStreamer) {
  EXPECT_EQ(encode_all<Law::kMu>(), (through<std::uint8_t>("mulawenc", kPcm, all_samples())));
  EXPECT_EQ(encode_all<Law::kA>(), (through<std::uint8_t>("alawenc", kPcm, all_samples())));
}

TEST(G711, AnyCodeSurvivesDecodingAndEncodingButTheOtherZero) {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    EXPECT_EQ(encoded<Law::kMu>(decoded<Law::kMu>(byte)), code == 0x7f ? 0xff : code);
    EXPECT_EQ(encoded<Law::kA>(decoded<Law::kA>(byte)), code);
  }
}

TEST(G711, TheStandardsToneHasTheLevelItShould) {
  const std::uint8_t mu[] = {0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e};
  const std::uint8_t a[] = {0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4};
  std::int16_t samples[8];
  const auto rms_dbfs = [&] {
    double sum = 0;
    for (const double s : samples) sum += s * s / 8;
    return 10 * std::log10(sum / (32768.0 * 32768.0));
  };
  g711::decode<Law::kMu>(mu, samples);
  EXPECT_NEAR(rms_dbfs(), -6.22, 0.01);
  g711::decode<Law::kA>(a, samples);
  EXPECT_NEAR(rms_dbfs(), -6.15, 0.01);
}

TEST(G711, SilenceIsTheQuietestPositiveCode) {
  EXPECT_EQ(decoded<Law::kMu>(g711::kSilence<Law::kMu>), 0);
  EXPECT_EQ(decoded<Law::kA>(g711::kSilence<Law::kA>), 8);
}
