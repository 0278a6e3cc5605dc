#include "plugins/law/transcoder.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace centralita {
namespace {

using g711::Law;

constexpr std::size_t kEncodedAtOnce = 960;  // samples encoded at a time
constexpr std::size_t kSampleBytes = sizeof(std::int16_t);

std::span<std::int16_t> as_samples(std::span<std::uint8_t> bytes) {
  return {reinterpret_cast<std::int16_t*>(bytes.data()), bytes.size() / kSampleBytes};
}

}  // namespace

Transcoder::Transcoder(Law law, Direction direction, unsigned pcm_rate, const LawKernels& kernels)
    : law_(law),
      kernels_(&kernels),
      direction_(direction),
      resampler_(direction == Direction::kDecode ? Resampler::kBaseRate : pcm_rate,
                 direction == Direction::kDecode ? pcm_rate : Resampler::kBaseRate, kernels) {}

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

  std::size_t written = 0;
  if (half_sample_ && !input.empty()) {
    const std::uint8_t sample[] = {*half_sample_, input.front()};
    half_sample_.reset();
    written = encode(sample, output.data());
    input = input.subspan(1);
  }
  if (input.size() % kSampleBytes != 0)
    half_sample_ = input.back();
  return written +
         encode(input.first(input.size() / kSampleBytes * kSampleBytes), output.data() + written);
}

std::size_t Transcoder::decode(std::span<const std::uint8_t> codes, std::span<std::uint8_t> pcm) {
  const auto output = as_samples(pcm);
  if (resampler_.copies()) {
    decode_part(codes, output);
    return codes.size() * kSampleBytes;
  }
  std::size_t written = 0;
  while (!codes.empty()) {
    const auto room = resampler_.room();
    const auto part = codes.first(std::min(codes.size(), room.size()));
    decode_part(part, room);
    written += resampler_.filter(part.size(), output.data() + written);
    codes = codes.subspan(part.size());
  }
  return written * kSampleBytes;
}

// By way of a block, because the bytes need not be aligned for samples.
std::size_t Transcoder::encode(std::span<const std::uint8_t> pcm, std::uint8_t* codes) {
  std::array<std::int16_t, kEncodedAtOnce> block;
  std::size_t written = 0;
  while (!pcm.empty()) {
    const bool copies = resampler_.copies();
    const auto room = copies ? std::span<std::int16_t>(block) : resampler_.room();
    std::size_t n = std::min({pcm.size() / kSampleBytes, room.size(), block.size()});
    std::memcpy(room.data(), pcm.data(), n * kSampleBytes);
    pcm = pcm.subspan(n * kSampleBytes);
    if (!copies)
      n = resampler_.filter(n, block.data());
    encode_part(std::span(block).first(n), codes + written);
    written += n;
  }
  return written;
}

std::size_t Transcoder::drain(std::span<std::uint8_t> output) {
  half_sample_.reset();
  if (direction_ == Direction::kDecode)
    return resampler_.drain(as_samples(output)) * kSampleBytes;
  std::array<std::int16_t, kEncodedAtOnce> block;
  const std::size_t n = resampler_.drain(block);
  encode_part(std::span(block).first(n), output.data());
  return n;
}

void Transcoder::decode_part(std::span<const std::uint8_t> codes,
                             std::span<std::int16_t> samples) const {
  return law_ == Law::kMu ? g711::decode<Law::kMu>(codes, samples, *kernels_)
                          : g711::decode<Law::kA>(codes, samples, *kernels_);
}

void Transcoder::encode_part(std::span<const std::int16_t> samples, std::uint8_t* codes) const {
  const std::span output(codes, samples.size());
  return law_ == Law::kMu ? g711::encode<Law::kMu>(samples, output, *kernels_)
                          : g711::encode<Law::kA>(samples, output, *kernels_);
}

void Transcoder::reset() {
  resampler_.reset();
  half_sample_.reset();
}

}  // namespace centralita
