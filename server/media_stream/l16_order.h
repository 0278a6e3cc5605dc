// Which byte of an L16 sample comes first. RFC 3551 says the high one; Telnyx' documents say
// nothing and deployments differ, so it can be found out: speech moves little from one sample to
// the next, and read in the wrong order it leaps. Pure.
#pragma once

#include "server/telephony/carrier_settings.h"

#include <cstdint>
#include <span>

namespace centralita {

class L16Order {
 public:
  explicit L16Order(TelnyxSettings::ByteOrder order) : order_(order) {}

  // Looks at a frame as it came from the wire. After fifty frames with sound the order stands;
  // until then it is the likelier one so far, and little-endian before any sound.
  void look(std::span<const std::uint8_t> frame);

  bool big_endian() const;

 private:
  const TelnyxSettings::ByteOrder order_;
  int frames_ = 0;               // with sound, looked at
  double little_ = 0, big_ = 0;  // sums of |x[n] - x[n-1]| under either order
};

void swap_bytes(std::span<std::uint8_t> samples);

}  // namespace centralita
