// G.711 mu-law of single samples, by the code that the elements use.
#pragma once

#include "plugins/law/g711.h"

namespace centralita::caller {

inline std::int16_t mulaw_decode(std::uint8_t code) { return g711::decoded<g711::Law::kMu>(code); }
inline std::uint8_t mulaw_encode(std::int16_t sample) {
  return g711::encoded<g711::Law::kMu>(sample);
}

}  // namespace centralita::caller
