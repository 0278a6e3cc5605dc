#include "pipelines/echo_search.h"

#include <array>
#include <vector>

namespace centralita {
namespace {

constexpr float kEmphasis = 0.9f;
// Mean square below which a signal counts as silence: -70 dBFS.
constexpr double kSilence = 107;

std::vector<float> flattened(std::span<const std::int16_t> samples) {
  std::vector<float> flat(samples.size());
  float last = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto sample = static_cast<float>(samples[i]);
    flat[i] = sample - kEmphasis * last;
    last = sample;
  }
  return flat;
}

// In lanes, so that the compiler may use its vectors without reordering a sum.
float product(const float* a, const float* b, std::size_t n) {
  std::array<float, 8> lanes{};
  std::size_t i = 0;
  for (; i + lanes.size() <= n; i += lanes.size())
    for (std::size_t k = 0; k < lanes.size(); ++k) lanes[k] += a[i + k] * b[i + k];
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

EchoPath find_echo(std::span<const std::int16_t> reference, std::span<const std::int16_t> heard) {
  EchoPath best;
  const std::size_t n = heard.size();
  if (n == 0 || reference.size() < n)
    return best;
  const auto x = flattened(reference);
  const auto y = flattened(heard);
  const double least = kSilence * static_cast<double>(n);
  const double heard_energy = product(y.data(), y.data(), n);
  if (heard_energy < least)
    return best;
  best.audible = true;
  double energy = product(x.data(), x.data(), n);  // of the reference's window
  for (std::size_t lag = 0;; ++lag) {
    if (energy >= least) {
      const double cross = product(x.data() + lag, y.data(), n);
      const double share = cross * cross / (energy * heard_energy);
      if (share > best.share)
        best = {.lag = lag, .share = share, .gain = cross / energy, .audible = true};
    }
    if (lag + n >= x.size())
      return best;
    energy += static_cast<double>(x[lag + n]) * x[lag + n] - static_cast<double>(x[lag]) * x[lag];
  }
}

}  // namespace centralita
