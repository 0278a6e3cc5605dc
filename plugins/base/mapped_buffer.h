// MappedBuffer maps a GstBuffer for as long as it lives.
//
//   const MappedBuffer map(buffer, GST_MAP_READ);
//   if (!map) return GST_FLOW_ERROR;
//   decoder.push(map.bytes());
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <span>

namespace centralita {

class MappedBuffer {
 public:
  MappedBuffer(GstBuffer* buffer, GstMapFlags flags)
      : buffer_(gst_buffer_map(buffer, &info_, flags) ? buffer : nullptr) {}
  ~MappedBuffer() {
    if (buffer_)
      gst_buffer_unmap(buffer_, &info_);
  }
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;

  explicit operator bool() const noexcept { return buffer_ != nullptr; }

  std::span<const std::uint8_t> bytes() const noexcept { return {info_.data, info_.size}; }
  std::span<std::uint8_t> writable_bytes() noexcept { return {info_.data, info_.size}; }

  // Whole samples only: a trailing part of a sample is left out.
  template <typename Sample>
  std::span<const Sample> samples() const noexcept {
    return {reinterpret_cast<const Sample*>(info_.data), info_.size / sizeof(Sample)};
  }
  template <typename Sample>
  std::span<Sample> writable_samples() noexcept {
    return {reinterpret_cast<Sample*>(info_.data), info_.size / sizeof(Sample)};
  }

 private:
  GstMapInfo info_{};
  GstBuffer* buffer_;
};

}  // namespace centralita
