#include "pipelines/wire_voice.h"

#include "plugins/law/g711.h"

#include <algorithm>
#include <cstdlib>

namespace centralita {
namespace {

constexpr int kAudible = 328;  // 32768 * 10^(-40/20)

}  // namespace

std::vector<std::int16_t> linear(std::span<const std::uint8_t> frame, const WireFormat& format) {
  using g711::Law;
  std::vector<std::int16_t> samples(frame.size() / format.bytes_per_sample());
  switch (format.encoding) {
    case WireFormat::Encoding::kMulaw:
      g711::decode<Law::kMu>(frame, samples);
      break;
    case WireFormat::Encoding::kAlaw:
      g711::decode<Law::kA>(frame, samples);
      break;
    case WireFormat::Encoding::kPcm:
      for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<std::int16_t>(frame[2 * i] | frame[2 * i + 1] << 8);
      break;
  }
  return samples;
}

bool has_voice(std::span<const std::uint8_t> frame, const WireFormat& format) {
  const auto samples = linear(frame, format);
  return std::any_of(samples.begin(), samples.end(),
                     [](int sample) { return std::abs(sample) > kAudible; });
}

}  // namespace centralita
