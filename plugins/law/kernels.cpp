// Compiled several times, each with the flags of one instruction set and its name in
// CENTRALITA_KERNELS (see meson.build). So nothing here may call an inline function of a library:
// the linker keeps one copy of it, which might be the one this processor cannot run.
#include "plugins/law/kernels.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace centralita {
namespace {

// --- One code at a time: for the rest of a buffer, and where there are no wide vectors
// ------------

constexpr std::int16_t decode_mu_one(unsigned code) {
  const unsigned u = ~code & 0xff;
  const int t = static_cast<int>((((u & 0x0f) << 3) + 0x84) << ((u >> 4) & 7));
  return static_cast<std::int16_t>(u & 0x80 ? 0x84 - t : t - 0x84);
}

constexpr std::int16_t decode_a_one(unsigned code) {
  const unsigned a = code ^ 0x55;
  const unsigned segment = (a >> 4) & 7;
  const unsigned mantissa = (a & 0x0f) << 4;
  const int t = static_cast<int>(segment == 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1));
  return static_cast<std::int16_t>(a & 0x80 ? t : -t);  // unlike mu-law, the sign bit says positive
}

struct Table {
  std::int16_t values[256];
};

constexpr Table make_table(std::int16_t (*decode)(unsigned)) {
  Table table{};
  for (unsigned code = 0; code < 256; ++code) table.values[code] = decode(code);
  return table;
}

constexpr Table kMu = make_table(decode_mu_one);
constexpr Table kA = make_table(decode_a_one);

void decode_each(const Table& table, const std::uint8_t* codes, std::size_t n,
                 std::int16_t* samples) {
  for (std::size_t i = 0; i < n; ++i) samples[i] = table.values[codes[i]];
}

// A code is a tiny floating-point number: three bits of exponent, four of mantissa. So the
// conversion to float finds both at once, without a branch or a count of leading zeros, and
// vectorises even on SSE2. The result is exponent and mantissa side by side, the exponent still
// biased by 127.
std::int32_t exponent_and_mantissa(std::int32_t magnitude) {
  return __builtin_bit_cast(std::int32_t, static_cast<float>(magnitude)) >> 19;
}

std::int32_t limited_magnitude(std::int32_t sample, std::int32_t limit) {
  const std::int32_t magnitude = sample < 0 ? -sample : sample;
  return magnitude < limit ? magnitude : limit;
}

std::uint8_t encode_mu_one(std::int32_t sample) {
  const std::int32_t sign = sample < 0 ? 0x80 : 0;
  const std::int32_t curved =
      exponent_and_mantissa(limited_magnitude(sample, 32635) + 0x84) - ((127 + 7) << 4);
  return static_cast<std::uint8_t>(~(sign | curved));
}

std::uint8_t encode_a_one(std::int32_t sample) {
  const std::int32_t sign = sample < 0 ? 0 : 0x80;
  const std::int32_t magnitude = limited_magnitude(sample, 32767) >> 4;
  const std::int32_t curved = exponent_and_mantissa(magnitude) - ((127 + 3) << 4);
  return static_cast<std::uint8_t>((sign | (magnitude < 16 ? magnitude : curved)) ^ 0x55);
}

// --- Vectors
// ---------------------------------------------------------------------------------------

#if defined(__AVX512BW__) || defined(__AVX2__)
#if defined(__AVX512BW__)

// Words: as many 16-bit numbers as a vector holds.
using Words = __m512i;
Words all(int value) { return _mm512_set1_epi16(static_cast<short>(value)); }
Words load_bytes(const std::uint8_t* p) {
  return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
void store_bytes(std::uint8_t* p, Words v) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi16_epi8(v));
}
Words load(const std::int16_t* p) { return _mm512_loadu_si512(p); }
void store(std::int16_t* p, Words v) { _mm512_storeu_si512(p, v); }
Words sixteen_bytes(const std::uint8_t (&table)[16]) {
  return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
}
Words look_up(Words table, Words index) { return _mm512_shuffle_epi8(table, index); }
Words add(Words a, Words b) { return _mm512_add_epi16(a, b); }
Words sub(Words a, Words b) { return _mm512_sub_epi16(a, b); }
Words mul(Words a, Words b) { return _mm512_mullo_epi16(a, b); }
Words bit_and(Words a, Words b) { return _mm512_and_si512(a, b); }
Words bit_or(Words a, Words b) { return _mm512_or_si512(a, b); }
Words bit_xor(Words a, Words b) { return _mm512_xor_si512(a, b); }
Words minimum(Words a, Words b) { return _mm512_min_epu16(a, b); }
Words maximum(Words a, Words b) { return _mm512_max_epu16(a, b); }
Words magnitude(Words a) { return _mm512_abs_epi16(a); }
template <int n>
Words right(Words a) {
  return _mm512_srli_epi16(a, n);
}
template <int n>
Words left(Words a) {
  return _mm512_slli_epi16(a, n);
}
Words sign(Words a) { return _mm512_srai_epi16(a, 15); }

#else

using Words = __m256i;
Words all(int value) { return _mm256_set1_epi16(static_cast<short>(value)); }
Words load_bytes(const std::uint8_t* p) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
void store_bytes(std::uint8_t* p, Words v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                   _mm_packus_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)));
}
Words load(const std::int16_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
void store(std::int16_t* p, Words v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
Words sixteen_bytes(const std::uint8_t (&table)[16]) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
}
Words look_up(Words table, Words index) { return _mm256_shuffle_epi8(table, index); }
Words add(Words a, Words b) { return _mm256_add_epi16(a, b); }
Words sub(Words a, Words b) { return _mm256_sub_epi16(a, b); }
Words mul(Words a, Words b) { return _mm256_mullo_epi16(a, b); }
Words bit_and(Words a, Words b) { return _mm256_and_si256(a, b); }
Words bit_or(Words a, Words b) { return _mm256_or_si256(a, b); }
Words bit_xor(Words a, Words b) { return _mm256_xor_si256(a, b); }
Words minimum(Words a, Words b) { return _mm256_min_epu16(a, b); }
Words maximum(Words a, Words b) { return _mm256_max_epu16(a, b); }
Words magnitude(Words a) { return _mm256_abs_epi16(a); }
template <int n>
Words right(Words a) {
  return _mm256_srli_epi16(a, n);
}
template <int n>
Words left(Words a) {
  return _mm256_slli_epi16(a, n);
}
Words sign(Words a) { return _mm256_srai_epi16(a, 15); }

#endif

constexpr std::size_t kWords = sizeof(Words) / sizeof(std::int16_t);

// A look-up is of bytes: this bit makes the upper byte of a word 0.
constexpr int kLowByteOnly = 0x8000;
// An exponent's power of two, in the lower three bits of the index.
constexpr std::uint8_t kPowers[16] = {1, 2, 4, 8, 16, 32, 64, 128};
constexpr std::uint8_t kPowersOfA[16] = {1, 1, 2, 4, 8, 16, 32, 64};  // segment 0 is as long as 1
constexpr std::uint8_t kPowersDown[16] = {128, 64, 32, 16, 8, 4, 2, 1};
// 16 * floor(log2(n)), by the lower and by the upper half of n's eight bits.
constexpr std::uint8_t kLogLow[16] = {0, 0, 16, 16, 32, 32, 32, 32, 48, 48, 48, 48, 48, 48, 48, 48};
constexpr std::uint8_t kLogHigh[16] = {0,   64,  80,  80,  96,  96,  96,  96,
                                       112, 112, 112, 112, 112, 112, 112, 112};

Words segment_of(Words code) { return bit_and(right<4>(code), all(7)); }

void decode_mu(const std::uint8_t* codes, std::size_t n, std::int16_t* samples) {
  const Words powers = sixteen_bytes(kPowers);
  std::size_t i = 0;
  for (; i + kWords <= n; i += kWords) {
    const Words u = bit_xor(load_bytes(codes + i), all(0xff));
    const Words power = look_up(powers, bit_or(segment_of(u), all(kLowByteOnly)));
    const Words mantissa = add(left<3>(bit_and(u, all(0x0f))), all(0x84));
    const Words negative = sign(left<8>(u));
    const Words value = sub(mul(mantissa, power), all(0x84));
    store(samples + i, sub(bit_xor(value, negative), negative));
  }
  decode_each(kMu, codes + i, n - i, samples + i);
}

void decode_a(const std::uint8_t* codes, std::size_t n, std::int16_t* samples) {
  const Words powers = sixteen_bytes(kPowersOfA);
  std::size_t i = 0;
  for (; i + kWords <= n; i += kWords) {
    // The sign bit turned round too, so that it says negative.
    const Words a = bit_xor(load_bytes(codes + i), all(0x55 ^ 0x80));
    const Words segment = segment_of(a);
    const Words power = look_up(powers, bit_or(segment, all(kLowByteOnly)));
    const Words hidden_bit = left<8>(minimum(segment, all(1)));
    const Words mantissa = add(left<4>(bit_and(a, all(0x0f))), add(hidden_bit, all(8)));
    const Words negative = sign(left<8>(a));
    store(samples + i, sub(bit_xor(mul(mantissa, power), negative), negative));
  }
  decode_each(kA, codes + i, n - i, samples + i);
}

// 16 * floor(log2(n)) of eight bits, 0 for 0.
struct Log {
  Words low = sixteen_bytes(kLogLow), high = sixteen_bytes(kLogHigh);
  Words operator()(Words n) const {
    return maximum(look_up(low, bit_and(n, all(0x0f))), look_up(high, right<4>(n)));
  }
};

void encode_mu(const std::int16_t* samples, std::size_t n, std::uint8_t* codes) {
  const Log log;
  const Words powers = sixteen_bytes(kPowersDown);
  std::size_t i = 0;
  for (; i + kWords <= n; i += kWords) {
    const Words x = load(samples + i);
    const Words m = add(minimum(magnitude(x), all(32635)), all(0x84));
    const Words exponent = log(right<7>(m));
    const Words power = look_up(powers, bit_or(right<4>(exponent), all(kLowByteOnly)));
    // All shifted up to bit 14, then down: five bits, the upper one the hidden one.
    const Words curved = add(exponent, sub(right<10>(mul(m, power)), all(16)));
    const Words code = bit_or(curved, bit_and(right<8>(x), all(0x80)));
    store_bytes(codes + i, bit_xor(code, all(0xff)));
  }
  for (; i < n; ++i) codes[i] = encode_mu_one(samples[i]);
}

void encode_a(const std::int16_t* samples, std::size_t n, std::uint8_t* codes) {
  const Log log;
  const Words powers = sixteen_bytes(kPowersDown);
  std::size_t i = 0;
  for (; i + kWords <= n; i += kWords) {
    const Words x = load(samples + i);
    const Words m = right<4>(minimum(magnitude(x), all(32767)));
    // The hidden bit is the 1 by which a segment's number exceeds the logarithm.
    const Words exponent = log(right<4>(m));
    const Words power = look_up(powers, bit_or(right<4>(exponent), all(kLowByteOnly)));
    const Words curved = add(exponent, right<7>(mul(m, power)));
    const Words code = bit_or(curved, bit_and(right<8>(x), all(0x80)));
    store_bytes(codes + i, bit_xor(code, all(0x55 ^ 0x80)));
  }
  for (; i < n; ++i) codes[i] = encode_a_one(samples[i]);
}

#else

void decode_mu(const std::uint8_t* codes, std::size_t n, std::int16_t* samples) {
  decode_each(kMu, codes, n, samples);
}
void decode_a(const std::uint8_t* codes, std::size_t n, std::int16_t* samples) {
  decode_each(kA, codes, n, samples);
}
void encode_mu(const std::int16_t* samples, std::size_t n, std::uint8_t* codes) {
  for (std::size_t i = 0; i < n; ++i) codes[i] = encode_mu_one(samples[i]);
}
void encode_a(const std::int16_t* samples, std::size_t n, std::uint8_t* codes) {
  for (std::size_t i = 0; i < n; ++i) codes[i] = encode_a_one(samples[i]);
}

#endif

// --- The filter
// ------------------------------------------------------------------------------------

// Two samples in a row, which may lie anywhere and be of any type to the compiler.
struct __attribute__((packed, may_alias)) Pair {
  std::int32_t samples;
};
[[maybe_unused]] std::int32_t pair_at(const std::int16_t* p) {
  return reinterpret_cast<const Pair*>(p)->samples;
}

// Sums: a vector of 32-bit sums, one a lane. add_products() adds, in each lane, the products of one
// pair of samples with the lane's pair of coefficients.
#if defined(__AVX512VNNI__)

using Sums = __m512i;
Sums both(Sums a, Sums b) { return _mm512_and_si512(a, b); }
Sums either(Sums a, Sums b) { return _mm512_xor_si512(a, b); }
Sums every_lane(std::int32_t value) { return _mm512_set1_epi32(value); }
Sums load_sums(const std::int16_t* p) { return _mm512_loadu_si512(p); }
// Written out: GCC 12 makes two copies of the sum around its own intrinsic, and fetches the pair
// into a register of its own, which together is three times the work.
Sums add_products(Sums sum, const std::int16_t* pair, Sums coefficients) {
  asm("vpdpwssd %1%{1to16%}, %2, %0"
      : "+v"(sum)
      : "m"(*reinterpret_cast<const Pair*>(pair)), "v"(coefficients));
  return sum;
}
Sums plus(Sums a, Sums b) { return _mm512_add_epi32(a, b); }
Sums shifted(Sums a, int n) { return _mm512_sra_epi32(a, _mm_cvtsi32_si128(n)); }
void store_clipped(std::int16_t* out, Sums a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtsepi32_epi16(a));
}

#elif defined(__AVX2__)

using Sums = __m256i;
Sums both(Sums a, Sums b) { return _mm256_and_si256(a, b); }
Sums either(Sums a, Sums b) { return _mm256_xor_si256(a, b); }
Sums every_lane(std::int32_t value) { return _mm256_set1_epi32(value); }
Sums load_sums(const std::int16_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
Sums add_products(Sums sum, const std::int16_t* pair, Sums coefficients) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(every_lane(pair_at(pair)), coefficients));
}
Sums plus(Sums a, Sums b) { return _mm256_add_epi32(a, b); }
Sums shifted(Sums a, int n) { return _mm256_sra_epi32(a, _mm_cvtsi32_si128(n)); }
void store_clipped(std::int16_t* out, Sums a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                   _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1)));
}

#elif defined(__SSE2__)

using Sums = __m128i;
Sums both(Sums a, Sums b) { return _mm_and_si128(a, b); }
Sums either(Sums a, Sums b) { return _mm_xor_si128(a, b); }
Sums every_lane(std::int32_t value) { return _mm_set1_epi32(value); }
Sums load_sums(const std::int16_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
Sums add_products(Sums sum, const std::int16_t* pair, Sums coefficients) {
  return _mm_add_epi32(sum, _mm_madd_epi16(every_lane(pair_at(pair)), coefficients));
}
Sums plus(Sums a, Sums b) { return _mm_add_epi32(a, b); }
Sums shifted(Sums a, int n) { return _mm_sra_epi32(a, _mm_cvtsi32_si128(n)); }
void store_clipped(std::int16_t* out, Sums a) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_packs_epi32(a, a));
}

#else

struct Sums {
  std::int32_t lane[4];
};
Sums every_lane(std::int32_t value) { return {{value, value, value, value}}; }
Sums load_sums(const std::int16_t* p) {
  Sums sums;
  __builtin_memcpy(&sums, p, sizeof sums);
  return sums;
}
Sums add_products(Sums sum, const std::int16_t* pair, Sums coefficients) {
  std::int16_t c[8];
  __builtin_memcpy(c, &coefficients, sizeof c);
  for (int i = 0; i < 4; ++i) sum.lane[i] += pair[0] * c[2 * i] + pair[1] * c[2 * i + 1];
  return sum;
}
Sums plus(Sums a, Sums b) {
  for (int i = 0; i < 4; ++i) a.lane[i] += b.lane[i];
  return a;
}
Sums both(Sums a, Sums b) {
  for (int i = 0; i < 4; ++i) a.lane[i] &= b.lane[i];
  return a;
}
Sums either(Sums a, Sums b) {
  for (int i = 0; i < 4; ++i) a.lane[i] ^= b.lane[i];
  return a;
}
Sums shifted(Sums a, int n) {
  for (auto& lane : a.lane) lane >>= n;
  return a;
}
void store_clipped(std::int16_t* out, Sums a) {
  for (int i = 0; i < 4; ++i)
    out[i] = static_cast<std::int16_t>(a.lane[i] < -32768  ? -32768
                                       : a.lane[i] > 32767 ? 32767
                                                           : a.lane[i]);
}

#endif

constexpr unsigned kLanes = sizeof(Sums) / sizeof(std::int32_t);

// Half of a + b, rounded down, where the sum itself would not fit.
Sums middle(Sums a, Sums b) { return plus(both(a, b), shifted(either(a, b), 1)); }

// `steps` at once, so that a coefficient is fetched once for all of them.
template <unsigned vectors, unsigned steps>
void filter_steps(const FirPlan& plan, const std::int16_t* input, std::int16_t* output) {
  // A sum is in so many parts as keep the processor from waiting for the addition before.
  constexpr unsigned kParts = vectors * steps < 4 ? 4 : 2;
  constexpr std::size_t kRow = std::size_t{vectors} * kLanes * 2;
  const std::size_t input_step = plan.input_step;
  // The sums stay in registers only if the loops about them are gone before the compiler decides.
  Sums sums[kParts][steps][vectors];

  const auto run = [&](std::size_t begin, std::size_t end, const std::int16_t* c) {
    const std::int16_t* x = input + 2 * begin;
    for (std::size_t t = begin; t < end; t += kParts)
#pragma GCC unroll 8
      for (unsigned i = 0; i < kParts; ++i, x += 2, c += kRow)
#pragma GCC unroll 8
        for (unsigned v = 0; v < vectors; ++v) {
          const Sums coefficients = load_sums(c + std::size_t{v} * kLanes * 2);
#pragma GCC unroll 8
          for (unsigned n = 0; n < steps; ++n)
            sums[i][n][v] = add_products(sums[i][n][v], x + n * input_step, coefficients);
        }
  };
  const auto half_sum = [&](unsigned n, unsigned v) {
    if constexpr (kParts == 2)
      return middle(sums[0][n][v], sums[1][n][v]);
    else
      return middle(plus(sums[0][n][v], sums[2][n][v]), plus(sums[1][n][v], sums[3][n][v]));
  };

#pragma GCC unroll 8
  for (unsigned i = 0; i < kParts; ++i)
#pragma GCC unroll 8
    for (unsigned n = 0; n < steps; ++n)
#pragma GCC unroll 8
      for (unsigned v = 0; v < vectors; ++v) sums[i][n][v] = every_lane(0);
  int shift = plan.shift;
  run(0, plan.pairs, plan.small);
  if (plan.large_begin == plan.large_end)
    shift += FirPlan::kFinerBits;
  else {
#pragma GCC unroll 8
    for (unsigned n = 0; n < steps; ++n)
#pragma GCC unroll 8
      for (unsigned v = 0; v < vectors; ++v) {
        sums[0][n][v] = shifted(half_sum(n, v), FirPlan::kFinerBits - 1);
#pragma GCC unroll 8
        for (unsigned i = 1; i < kParts; ++i) sums[i][n][v] = every_lane(0);
      }
    run(plan.large_begin, plan.large_end, plan.large);
  }
  const Sums half = every_lane(1 << (shift - 2));
#pragma GCC unroll 8
  for (unsigned n = 0; n < steps; ++n)
#pragma GCC unroll 8
    for (unsigned v = 0; v < vectors; ++v, output += kLanes)
      store_clipped(output, shifted(plus(half_sum(n, v), half), shift - 1));
}

template <unsigned vectors>
void filter(const FirPlan& plan, const std::int16_t* input, std::size_t steps,
            std::int16_t* output) {
  // As many sums as there are registers for: 32 of the widest, otherwise 16.
  constexpr unsigned kTogether = vectors == 3 ? 2 : kLanes == 16 ? 8 : 4;
  for (; steps >= kTogether; steps -= kTogether) {
    filter_steps<vectors, kTogether>(plan, input, output);
    input += kTogether * std::size_t{plan.input_step};
    output += std::size_t{kTogether} * vectors * kLanes;
  }
  if constexpr (kTogether > 2)
    for (; steps >= 2; steps -= 2) {
      filter_steps<vectors, 2>(plan, input, output);
      input += 2 * std::size_t{plan.input_step};
      output += std::size_t{2} * vectors * kLanes;
    }
  if (steps > 0)
    filter_steps<vectors, 1>(plan, input, output);
}

void fir(const FirPlan& plan, const std::int16_t* input, std::size_t steps, std::int16_t* output) {
  switch (plan.vectors) {
    case 1:
      return filter<1>(plan, input, steps, output);
    default:
      return filter<3>(plan, input, steps, output);
  }
}

#define CENTRALITA_NAME_OF(set) CENTRALITA_NAME_OF_(set)
#define CENTRALITA_NAME_OF_(set) #set

}  // namespace

extern const LawKernels CENTRALITA_KERNELS;
const LawKernels CENTRALITA_KERNELS = {
    CENTRALITA_NAME_OF(CENTRALITA_KERNELS), kLanes, decode_mu, decode_a, encode_mu, encode_a, fir};

}  // namespace centralita
