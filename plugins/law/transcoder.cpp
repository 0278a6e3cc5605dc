#include "plugins/law/transcoder.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace centralita {
namespace {

using g711::Law;

constexpr std::size_t kBlock = 480;  // samples converted at a time
constexpr std::size_t kSampleBytes = sizeof(std::int16_t);

std::span<std::int16_t> as_samples(std::span<std::uint8_t> bytes) {
  return {reinterpret_cast<std::int16_t*>(bytes.data()), bytes.size() / kSampleBytes};
}

void decode_block(Law law, std::span<const std::uint8_t> codes, std::span<std::int16_t> samples) {
  return law == Law::kMu ? g711::decode<Law::kMu>(codes, samples)
                         : g711::decode<Law::kA>(codes, samples);
}

void encode_block(Law law, std::span<const std::int16_t> samples, std::span<std::uint8_t> codes) {
  return law == Law::kMu ? g711::encode<Law::kMu>(samples, codes)
                         : g711::encode<Law::kA>(samples, codes);
}

}  // namespace

Transcoder::Transcoder(Law law, Direction direction, unsigned pcm_rate)
    : law_(law),
      direction_(direction),
      resampler_(direction == Direction::kDecode ? Resampler::kBaseRate : pcm_rate,
                 direction == Direction::kDecode ? pcm_rate : Resampler::kBaseRate) {}

std::size_t Transcoder::max_output(std::size_t input) const {
  if (direction_ == Direction::kDecode)
    return resampler_.max_output(input) * kSampleBytes;
  return resampler_.max_output((input + 1) / kSampleBytes);
}

std::size_t Transcoder::max_drain() const {
  return resampler_.max_drain() * (direction_ == Direction::kDecode ? kSampleBytes : 1);
}

std::size_t Transcoder::push(std::span<const std::uint8_t> input, std::span<std::uint8_t> output) {
  if (direction_ == Direction::kDecode)
    return decode(input, output);

  std::array<std::int16_t, kBlock> block;
  std::size_t written = 0;
  if (half_sample_ && !input.empty()) {
    const std::uint8_t bytes[] = {*half_sample_, input.front()};
    std::memcpy(block.data(), bytes, kSampleBytes);
    written += encode(std::span(block).first(1), output.data());
    input = input.subspan(1);
    half_sample_.reset();
  }
  // By way of the block, because the bytes need not be aligned for samples.
  while (input.size() >= kSampleBytes) {
    const std::size_t samples = std::min(input.size() / kSampleBytes, block.size());
    std::memcpy(block.data(), input.data(), samples * kSampleBytes);
    written += encode(std::span(block).first(samples), output.data() + written);
    input = input.subspan(samples * kSampleBytes);
  }
  if (!input.empty())
    half_sample_ = input.front();
  return written;
}

std::size_t Transcoder::decode(std::span<const std::uint8_t> codes, std::span<std::uint8_t> pcm) {
  const auto output = as_samples(pcm);
  std::array<std::int16_t, kBlock> block;
  std::size_t written = 0;
  while (!codes.empty()) {
    const auto part = codes.first(std::min(codes.size(), block.size()));
    decode_block(law_, part, block);
    written += resampler_.push(std::span(block).first(part.size()), output.subspan(written));
    codes = codes.subspan(part.size());
  }
  return written * kSampleBytes;
}

// At most kBlock samples.
std::size_t Transcoder::encode(std::span<const std::int16_t> samples, std::uint8_t* codes) {
  std::array<std::int16_t, kBlock> block;
  const std::size_t n = resampler_.push(samples, block);
  encode_block(law_, std::span(block).first(n), {codes, n});
  return n;
}

std::size_t Transcoder::drain(std::span<std::uint8_t> output) {
  half_sample_.reset();
  if (direction_ == Direction::kDecode)
    return resampler_.drain(as_samples(output)) * kSampleBytes;
  std::array<std::int16_t, kBlock> block;
  const std::size_t n = resampler_.drain(block);
  encode_block(law_, std::span(block).first(n), output);
  return n;
}

void Transcoder::reset() {
  resampler_.reset();
  half_sample_.reset();
}

}  // namespace centralita
