#include "server/media_stream/l16_order.h"

#include <cstdlib>
#include <utility>

namespace centralita {
namespace {

constexpr int kFramesThatDecide = 50;

std::int16_t sample(std::uint8_t low, std::uint8_t high) {
  return static_cast<std::int16_t>(low | high << 8);
}

}  // namespace

void L16Order::look(std::span<const std::uint8_t> frame) {
  if (order_ != TelnyxSettings::ByteOrder::kDetect || frames_ >= kFramesThatDecide)
    return;
  double little = 0, big = 0;
  for (std::size_t i = 2; i + 1 < frame.size(); i += 2) {
    little += std::abs(sample(frame[i], frame[i + 1]) - sample(frame[i - 2], frame[i - 1]));
    big += std::abs(sample(frame[i + 1], frame[i]) - sample(frame[i - 1], frame[i - 2]));
  }
  if (little == 0 && big == 0)  // digital silence reads the same either way
    return;
  ++frames_;
  little_ += little;
  big_ += big;
}

bool L16Order::big_endian() const {
  if (order_ == TelnyxSettings::ByteOrder::kDetect)
    return big_ < little_;
  return order_ == TelnyxSettings::ByteOrder::kBig;
}

void swap_bytes(std::span<std::uint8_t> samples) {
  for (std::size_t i = 0; i + 1 < samples.size(); i += 2) std::swap(samples[i], samples[i + 1]);
}

}  // namespace centralita
