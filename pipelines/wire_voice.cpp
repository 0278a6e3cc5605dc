#include "pipelines/wire_voice.h"

#include "plugins/law/g711.h"

#include <algorithm>
#include <cstdlib>

namespace centralita {
namespace {

constexpr int kAudible = 328;  // 32768 * 10^(-40/20)

}  // namespace

bool has_voice(std::span<const std::uint8_t> frame, const WireFormat& format) {
  using g711::Law;
  const auto loud = [](int sample) { return std::abs(sample) > kAudible; };
  switch (format.encoding) {
    case WireFormat::Encoding::kMulaw:
      return std::any_of(frame.begin(), frame.end(),
                         [&](auto code) { return loud(g711::decoded<Law::kMu>(code)); });
    case WireFormat::Encoding::kAlaw:
      return std::any_of(frame.begin(), frame.end(),
                         [&](auto code) { return loud(g711::decoded<Law::kA>(code)); });
    case WireFormat::Encoding::kPcm:
      for (std::size_t i = 0; i + 1 < frame.size(); i += 2)
        if (loud(static_cast<std::int16_t>(frame[i] | frame[i + 1] << 8)))
          return true;
      return false;
  }
  g_assert_not_reached();
}

}  // namespace centralita
