// The caller's audio on its way from the stream to the call: in order, and L16 with the bytes of
// each sample as GStreamer has them (little-endian).
#pragma once

#include "pipelines/wire_format.h"
#include "server/media_stream/chunk_order.h"
#include "server/media_stream/l16_order.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace centralita {

// One thread.
class CallerAudio {
 public:
  // `byte_order`: of a far end whose L16 may be big-endian; null: it is little-endian.
  CallerAudio(WireFormat format, std::unique_ptr<L16Order> byte_order)
      : format_(format), byte_order_(std::move(byte_order)) {}

  const WireFormat& format() const { return format_; }

  // Frame `number`, from 1 (0: the frames carry none); hands on what is in order now.
  void push(std::int64_t number, std::span<const std::uint8_t> frame,
            const std::function<void(std::span<const std::uint8_t>)>& hand_on);

 private:
  std::span<const std::uint8_t> little_endian(std::span<const std::uint8_t> frame);

  WireFormat format_;
  std::unique_ptr<L16Order> byte_order_;
  ChunkOrder order_;
  std::vector<std::uint8_t> swapped_;
};

}  // namespace centralita
