// The audio format of a far end: what its frames are made of.
#pragma once

#include "plugins/base/ref.h"

#include <cstdint>
#include <optional>
#include <string>

namespace centralita {

struct WireFormat {
  enum class Encoding { kMulaw, kAlaw, kPcm };  // kPcm: signed 16 bit, little-endian
  Encoding encoding = Encoding::kMulaw;
  int rate = 8000;  // samples a second

  std::size_t bytes_per_sample() const { return encoding == Encoding::kPcm ? 2 : 1; }
  std::uint8_t silence() const;  // the byte that silence is made of
  Ref<GstCaps> caps() const;

  static std::optional<WireFormat> from_caps(const GstCaps* caps);
  friend bool operator==(const WireFormat&, const WireFormat&) = default;
};

}  // namespace centralita
