// Sounds for the ends of a scripted call, at the telephone's 8 kHz.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace centralita::replay {

using Samples = std::vector<std::int16_t>;

inline constexpr int kRate = 8000;
inline constexpr std::size_t kFrameSamples = 160;  // 20 ms

// "vm-goodbye" (Spanish), "es/vm-goodbye", "en/hello": of Debian's asterisk-core-sounds. Throws
// when there is none. Read once a process.
const Samples& recording(const std::string& name);

void scale(Samples& samples, double db);
Samples tone(double frequency, std::size_t samples, double dbfs);

// White noise that is the same every time.
class Noise {
 public:
  std::int16_t next(double dbfs);

 private:
  std::mt19937 random_{20260105};
};

}  // namespace centralita::replay
