// Sample-rate conversion between any two rates by a windowed sinc, and the up-sampling that the
// recogniser wants for telephone speech.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace centralita::sandbox {

// Feed it any number of pieces; what comes out is the same as for one piece. Not thread-safe.
class Resampler {
 public:
  Resampler(int from_rate, int to_rate);  // Hz, both positive
  std::vector<std::int16_t> push(std::span<const std::int16_t> samples);
  std::vector<std::int16_t> finish();  // the filter's tail; the resampler is then used up

 private:
  std::vector<std::int16_t> produce(bool at_end);
  double value_at(double position) const;

  double step_;    // input samples an output sample
  double cutoff_;  // of the input's Nyquist frequency
  double half_width_;
  std::vector<float> input_;  // from input sample `base_` on
  std::int64_t base_ = 0;
  std::int64_t received_ = 0;
  std::int64_t next_ = 0;  // index of the next output sample
};

// 8 kHz to 16 kHz, leaving the mirror image above 4 kHz at `image_gain` (0 is the plain
// conversion). An acoustic model of wide-band speech finds in the image what it expects of
// fricatives there.
std::vector<float> upsample_folded(std::span<const std::int16_t> samples, double image_gain);

}  // namespace centralita::sandbox
