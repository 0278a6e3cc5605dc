#include "server/media_stream/caller_audio.h"

namespace centralita {

void CallerAudio::push(std::int64_t number, std::span<const std::uint8_t> frame,
                       const std::function<void(std::span<const std::uint8_t>)>& hand_on) {
  order_.push(number, frame, [&](std::span<const std::uint8_t> audio) {
    const bool pcm = format_.encoding == WireFormat::Encoding::kPcm;
    hand_on(byte_order_ && pcm ? little_endian(audio) : audio);
  });
}

std::span<const std::uint8_t> CallerAudio::little_endian(std::span<const std::uint8_t> frame) {
  byte_order_->look(frame);
  if (!byte_order_->big_endian())
    return frame;
  swapped_.assign(frame.begin(), frame.end());
  swap_bytes(swapped_);
  return swapped_;
}

}  // namespace centralita
