// Every set of inner loops that this machine can run, against each other and against sums made the
// long way.
#include "plugins/law/fir_design.h"
#include "plugins/law/transcoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace centralita;
using g711::Law;

namespace {

using Samples = std::vector<std::int16_t>;
using Bytes = std::vector<std::uint8_t>;

Bytes noise(std::size_t n) {
  std::mt19937 random(11);
  Bytes bytes(n);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

Bytes transcode(Law law, Transcoder::Direction direction, unsigned rate, const LawKernels& kernels,
                const Bytes& input, std::mt19937* cuts = nullptr) {
  Transcoder transcoder(law, direction, rate, kernels);
  Bytes output;
  std::size_t written = 0;
  for (std::span<const std::uint8_t> rest(input); !rest.empty();) {
    const std::size_t most = cuts ? 1 + (*cuts)() % 3000 : rest.size();
    const auto part = rest.first(std::min(most, rest.size()));
    rest = rest.subspan(part.size());
    output.resize(written + transcoder.max_output(part.size()));
    written += transcoder.push(part, std::span(output).subspan(written));
  }
  output.resize(written + transcoder.max_drain());
  written += transcoder.drain(std::span(output).subspan(written));
  output.resize(written);
  return output;
}

// The taps that reach an output of a step, taken back out of the tables the loops use; in units of
// the finer scale.
std::vector<std::int64_t> taps_of(const FirFilter& f, unsigned output) {
  std::vector<std::int64_t> taps(2 * std::size_t{f.plan.pairs});
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const auto at = [&](std::size_t sample) {
      return (sample / 2 * f.outputs_per_step + output) * 2 + sample % 2;
    };
    taps[i] = f.small[at(i)];
    if (i / 2 >= f.plan.large_begin && i / 2 < f.plan.large_end)
      taps[i] += f.large[at(i - 2 * std::size_t{f.plan.large_begin})] << FirPlan::kFinerBits;
  }
  return taps;
}

struct Filter {
  FirKind kind;
  unsigned factor;
  bool up;
};

constexpr Filter kFilters[] = {
    {FirKind::kTelephoneBand, 2, true}, {FirKind::kTelephoneBand, 2, false},
    {FirKind::kTelephoneBand, 3, true}, {FirKind::kTelephoneBand, 3, false},
    {FirKind::kWideBand, 3, true},      {FirKind::kWideBand, 3, false}};

// The whole sum in 64 bits, rounded once.
std::int16_t expected(const FirFilter& f, unsigned output, const std::int16_t* input) {
  const auto taps = taps_of(f, output);
  const std::int64_t sum =
      std::inner_product(taps.begin(), taps.end(), input, std::int64_t{0}, std::plus<>(),
                         [](std::int64_t tap, std::int16_t x) { return tap * x; });
  const int shift = f.plan.shift + FirPlan::kFinerBits;
  const std::int64_t rounded = (sum + (std::int64_t{1} << (shift - 1))) >> shift;
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(rounded, -32768, 32767));
}

struct Kernels : ::testing::TestWithParam<const LawKernels*> {
  const LawKernels& kernels = *GetParam();
  const LawKernels& reference = *available_kernels().back();
};

}  // namespace

TEST_P(Kernels, CodeAndDecodeEveryValueAlikeWhereverTheBufferEnds) {
  Bytes codes(256);
  std::iota(codes.begin(), codes.end(), std::uint8_t{0});
  Samples samples(65536);
  std::iota(samples.begin(), samples.end(), std::int16_t{-32768});
  using Decode = void (*)(const std::uint8_t*, std::size_t, std::int16_t*);
  using Encode = void (*)(const std::int16_t*, std::size_t, std::uint8_t*);
  for (const auto& [decode, same] :
       {std::pair<Decode, Decode>{kernels.decode_mu, reference.decode_mu},
        {kernels.decode_a, reference.decode_a}})
    for (std::size_t n = 0; n <= codes.size(); ++n) {
      Samples got(codes.size() + 1, 99), want(codes.size() + 1, 99);
      decode(codes.data() + codes.size() - n, n, got.data());
      same(codes.data() + codes.size() - n, n, want.data());
      ASSERT_EQ(got, want) << n;
    }
  for (const auto& [encode, same] :
       {std::pair<Encode, Encode>{kernels.encode_mu, reference.encode_mu},
        {kernels.encode_a, reference.encode_a}})
    for (const std::size_t n : {0u, 1u, 15u, 16u, 17u, 31u, 32u, 33u, 63u, 65u, 65535u, 65536u}) {
      Bytes got(samples.size() + 1, 99), want(samples.size() + 1, 99);
      encode(samples.data() + samples.size() - n, n, got.data());
      same(samples.data() + samples.size() - n, n, want.data());
      ASSERT_EQ(got, want) << n;
    }
}

TEST_P(Kernels, GiveTheSameAudioAtEveryRateHoweverTheInputIsCut) {
  std::mt19937 cuts(3);
  for (const auto law : {Law::kMu, Law::kA})
    for (const auto direction : {Transcoder::Direction::kDecode, Transcoder::Direction::kEncode})
      for (const unsigned rate : Resampler::kRates) {
        const auto input = noise(40000);
        const auto whole = transcode(law, direction, rate, reference, input);
        EXPECT_EQ(transcode(law, direction, rate, kernels, input), whole) << rate;
        EXPECT_EQ(transcode(law, direction, rate, kernels, input, &cuts), whole) << rate;
      }
}

TEST_P(Kernels, FilterWithTheExactSumRoundedOnce) {
  for (const auto& [kind, factor, up] : kFilters) {
    const auto& f = fir_filter(kind, factor, up, kernels.lanes);
    const auto bytes = noise(2 * (f.reach() + f.plan.input_step));
    Samples input(bytes.size() / 2);
    std::memcpy(input.data(), bytes.data(), bytes.size());
    Samples output(2 * f.outputs_per_step);
    kernels.fir(f.plan, input.data(), 2, output.data());
    for (unsigned i = 0; i < f.outputs_per_step; ++i) {
      EXPECT_EQ(output[i], expected(f, i, input.data()));
      EXPECT_EQ(output[f.outputs_per_step + i], expected(f, i, input.data() + f.plan.input_step));
    }
  }
}

TEST_P(Kernels, ClipTheWorstInputThereIsAndNeverWrapAround) {
  for (const auto& [kind, factor, up] : kFilters) {
    const auto& f = fir_filter(kind, factor, up, kernels.lanes);
    for (unsigned i = 0; i < f.outputs_per_step; ++i) {
      const auto taps = taps_of(f, i);
      Samples input;
      for (const auto tap : taps) input.push_back(tap < 0 ? -32768 : 32767);
      Samples output(f.outputs_per_step);
      kernels.fir(f.plan, input.data(), 1, output.data());
      EXPECT_EQ(output[i], 32767);
      for (auto& x : input) x = static_cast<std::int16_t>(-1 - x);
      kernels.fir(f.plan, input.data(), 1, output.data());
      EXPECT_EQ(output[i], -32768);
      // The parts of the sum apart: all even or odd pairs at the extreme, the rest against it.
      for (const unsigned odd : {0u, 1u}) {
        for (std::size_t k = 0; k < taps.size(); ++k) {
          const bool up_here = (taps[k] < 0) == (k / 2 % 2 == odd);
          input[k] = up_here ? 32767 : -32768;
        }
        kernels.fir(f.plan, input.data(), 1, output.data());
        EXPECT_EQ(output[i], expected(f, i, input.data()));
      }
    }
  }
}

TEST_P(Kernels, HaveCoefficientsThatAddUpToExactlyOne) {
  for (const auto& [kind, factor, up] : kFilters) {
    const auto& f = fir_filter(kind, factor, up, kernels.lanes);
    for (unsigned i = 0; i < f.outputs_per_step; ++i) {
      const auto taps = taps_of(f, i);
      EXPECT_EQ(std::accumulate(taps.begin(), taps.end(), std::int64_t{0}),
                std::int64_t{1} << (f.plan.shift + FirPlan::kFinerBits));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OfThisMachine, Kernels,
                         ::testing::ValuesIn(available_kernels().begin(),
                                             available_kernels().end()),
                         [](const auto& info) { return std::string(info.param->name); });
