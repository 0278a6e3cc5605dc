// Spanish by SVOX Pico: a better voice than espeak-ng's, where Debian's non-free component has been
// enabled and libttspico-dev was there at build time. A woman's voice only.
#pragma once

#include "plugins/base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace centralita::sandbox {

inline constexpr int kPicoRate = 16000;

// False without the library, or when its Spanish data is not installed.
bool has_pico();

// Speaks a sentence at `rate` (1 is normal) and `pitch` (1 is normal): 16 bit mono at kPicoRate,
// piece by piece. One sentence at a time, whatever the number of threads that ask. Blocks.
Result<bool> pico_speak(const std::string& sentence, double rate, double pitch,
                        const std::atomic<bool>& cancelled,
                        const std::function<void(std::span<const std::int16_t>)>& sink);

}  // namespace centralita::sandbox
