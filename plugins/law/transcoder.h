// G.711 and the change of rate in one pass over blocks that stay in the cache: bytes of law in and
// bytes of 16-bit PCM (native order, mono) out, or the reverse.
//
//   Transcoder decoder(Law::kMu, Transcoder::Direction::kDecode, 16000);
//   n = decoder.push(codes, pcm);
//
// Buffers may be cut anywhere, in the middle of a PCM sample too. Delay, alignment and drain are
// those of resampler.h. Allocates in the constructor only. One thread at a time.
#pragma once

#include "plugins/law/g711.h"
#include "plugins/law/resampler.h"

#include <optional>

namespace centralita {

class Transcoder {
 public:
  enum class Direction { kDecode, kEncode };

  // `pcm_rate` is one of Resampler::kRates; the law's side has 8000 Hz.
  Transcoder(g711::Law law, Direction direction, unsigned pcm_rate,
             const LawKernels& kernels = best_kernels());

  // In bytes: the most that push() of `input` bytes, and that drain() can give.
  std::size_t max_output(std::size_t input) const;
  std::size_t max_drain() const;
  // Both return the bytes written. Where PCM is written, `output` must be aligned for a sample.
  std::size_t push(std::span<const std::uint8_t> input, std::span<std::uint8_t> output);
  std::size_t drain(std::span<std::uint8_t> output);  // half a sample at the end is dropped
  void reset();

  std::chrono::nanoseconds delay() const { return resampler_.delay(); }

 private:
  std::size_t decode(std::span<const std::uint8_t> codes, std::span<std::uint8_t> pcm);
  std::size_t encode(std::span<const std::uint8_t> pcm, std::uint8_t* codes);
  void decode_part(std::span<const std::uint8_t> codes, std::span<std::int16_t> samples) const;
  void encode_part(std::span<const std::int16_t> samples, std::uint8_t* codes) const;

  const g711::Law law_;
  const LawKernels* kernels_;
  const Direction direction_;
  Resampler resampler_;
  std::optional<std::uint8_t>
      half_sample_;  // first byte of a sample that a buffer's end cut through
};

}  // namespace centralita
