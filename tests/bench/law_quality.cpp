#include "tests/bench/law_quality.h"

#include "tests/bench/chain.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <span>
#include <vector>

namespace centralita::bench {
namespace {

using g711::Law;
using Signal = std::vector<double>;

constexpr double kAmplitude = 16384;  // -6 dBFS
constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kSeconds = 4;

// A sine of constant level whose frequency goes evenly from one to the other.
Signal sweep(double from, double to, unsigned rate, double shift = 0) {
  Signal signal(static_cast<std::size_t>(kSeconds * rate));
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double t = (static_cast<double>(i) + shift) / rate;
    signal[i] = kAmplitude * std::sin(kTurn * (from * t + (to - from) * t * t / (2 * kSeconds)));
  }
  return signal;
}

std::vector<std::int16_t> to_pcm(const Signal& signal) {
  std::vector<std::int16_t> pcm;
  for (const double x : signal) pcm.push_back(static_cast<std::int16_t>(std::lrint(x)));
  return pcm;
}

Signal from_pcm(std::span<const std::int16_t> pcm) { return {pcm.begin(), pcm.end()}; }

std::vector<std::uint8_t> encode(Law law, const std::vector<std::int16_t>& pcm) {
  std::vector<std::uint8_t> codes(pcm.size());
  law == Law::kMu ? g711::encode<Law::kMu>(pcm, codes) : g711::encode<Law::kA>(pcm, codes);
  return codes;
}

std::vector<std::int16_t> decode(Law law, const std::vector<std::uint8_t>& codes) {
  std::vector<std::int16_t> pcm(codes.size());
  law == Law::kMu ? g711::decode<Law::kMu>(codes, pcm) : g711::decode<Law::kA>(codes, pcm);
  return pcm;
}

// Through the chain in buffers of 20 ms. Encoding, the codes are decoded again.
Signal run(const LawPath& path, const Signal& signal, GstClockTime* latency = nullptr) {
  const auto pcm = to_pcm(signal);
  std::vector<std::uint8_t> input;
  if (path.decodes) {
    input = encode(path.law, pcm);
  } else {
    input.resize(pcm.size() * 2);
    std::memcpy(input.data(), pcm.data(), input.size());
  }
  const auto in = path.decodes ? law_caps(path.law) : pcm_caps(path.rate);
  const auto out = path.decodes ? pcm_caps(path.rate) : law_caps(path.law);
  Chain chain(path.elements, in, out, true);
  const std::size_t buffer_size = path.decodes ? 160 : path.rate / 50 * 2;
  for (std::size_t at = 0; at < input.size(); at += buffer_size) {
    const std::size_t size = std::min(buffer_size, input.size() - at);
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(&input[at], size));
    GST_BUFFER_PTS(buffer.get()) = at / buffer_size * 20 * GST_MSECOND;
    GST_BUFFER_DURATION(buffer.get()) = 20 * GST_MSECOND;
    chain.push(std::move(buffer));
  }
  if (latency)
    *latency = chain.latency();
  chain.end();
  if (!path.decodes)
    return from_pcm(decode(path.law, chain.output()));
  std::vector<std::int16_t> samples(chain.output().size() / 2);
  std::memcpy(samples.data(), chain.output().data(), samples.size() * 2);
  return from_pcm(samples);
}

// Without the first and the last tenth of a second, where filters meet silence.
std::span<const double> body(const Signal& signal, unsigned rate) {
  const std::size_t edge = std::min<std::size_t>(rate / 10, signal.size() / 2);
  return std::span(signal).subspan(edge, signal.size() - 2 * edge);
}

double power(std::span<const double> signal) {
  double sum = 0;
  for (const double x : signal) sum += x * x;
  return sum / static_cast<double>(std::max<std::size_t>(signal.size(), 1));
}

double decibels(double ratio) { return 10 * std::log10(ratio + 1e-20); }

double snr(const Signal& got, const Signal& want, unsigned rate) {
  double error = 0;
  double total = 0;
  for (std::size_t i = rate / 10; i + rate / 10 < std::min(got.size(), want.size()); ++i) {
    error += (got[i] - want[i]) * (got[i] - want[i]);
    total += want[i] * want[i];
  }
  return decibels(total / (error + 1e-9));
}

// A chain need not align its output with its input to the sample: the best alignment counts, to a
// thousandth of a sample.
double swept_snr(const Signal& got, unsigned rate) {
  const auto at = [&](double shift) { return snr(got, sweep(100, 3400, rate, shift), rate); };
  double best = 0;
  for (const double step : {0.5, 0.1, 0.02, 0.004, 0.001}) {
    const double centre = best;
    const int reach = step == 0.5 ? 16 : 6;
    double highest = -1e9;
    for (int i = -reach; i <= reach; ++i)
      if (const double level = at(centre + i * step); level > highest) {
        highest = level;
        best = centre + i * step;
      }
  }
  return at(best);
}

// Keeps what is above 4.1 kHz: 110 dB, all of the transition below that.
Signal above_the_band(const Signal& signal, unsigned rate) {
  const double width = 200;
  const auto half = static_cast<std::ptrdiff_t>(7.1 / 2 * rate / width);
  const double cutoff = (4100 - width / 2) / rate;
  Signal filter;
  for (auto i = -half; i <= half; ++i) {
    const double t = static_cast<double>(i);
    const double r = t / static_cast<double>(half + 1);
    const double low = i == 0 ? 2 * cutoff : std::sin(kTurn * cutoff * t) / (kTurn / 2 * t);
    filter.push_back((i == 0 ? 1.0 : 0.0) - low *
                                                std::cyl_bessel_i(0, 11.16 * std::sqrt(1 - r * r)) /
                                                std::cyl_bessel_i(0, 11.16));
  }
  Signal high;
  for (std::size_t i = 0; i + filter.size() <= signal.size();
       i += 7) {  // a sample in seven is plenty
    double sum = 0;
    for (std::size_t k = 0; k < filter.size(); ++k) sum += filter[k] * signal[i + k];
    high.push_back(sum);
  }
  return high;
}

// Level of one tone, noise averaged out.
double tone_level(std::span<const double> signal, double hertz, unsigned rate) {
  double re = 0;
  double im = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double angle = kTurn * hertz * static_cast<double>(i) / rate;
    re += signal[i] * std::cos(angle);
    im += signal[i] * std::sin(angle);
  }
  return 2 * std::hypot(re, im) / static_cast<double>(signal.size());
}

double tone_change(const LawPath& path, double hertz) {
  const unsigned in_rate = path.decodes ? 8000 : path.rate;
  const unsigned out_rate = path.decodes ? path.rate : 8000;
  const auto tone = sweep(hertz, hertz, in_rate);
  // Against what the law alone makes of the tone, where that comes first.
  const auto before =
      path.decodes ? from_pcm(decode(path.law, encode(path.law, to_pcm(tone)))) : tone;
  const auto after = run(path, tone);
  return 20 * std::log10(tone_level(body(after, out_rate), hertz, out_rate) /
                         tone_level(body(before, in_rate), hertz, in_rate));
}

}  // namespace

std::string law_caps(Law law) {
  return law == Law::kMu ? "audio/x-mulaw,rate=8000,channels=1"
                         : "audio/x-alaw,rate=8000,channels=1";
}

std::string pcm_caps(unsigned rate) {
  return "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" + std::to_string(rate);
}

LawQuality measure(const LawPath& path) {
  const unsigned in_rate = path.decodes ? 8000 : path.rate;
  const unsigned out_rate = path.decodes ? path.rate : 8000;
  LawQuality quality{};
  GstClockTime latency = 0;
  quality.snr_db = swept_snr(run(path, sweep(100, 3400, in_rate), &latency), out_rate);
  quality.latency_ms = static_cast<double>(latency) / GST_MSECOND;
  if (path.rate > 8000) {
    if (path.decodes) {
      const auto out = run(path, sweep(100, 3900, 8000));
      quality.stop_db = decibels(power(above_the_band(out, out_rate)) / power(body(out, out_rate)));
    } else {
      const auto out = run(path, sweep(4100, path.rate / 2.0, in_rate));
      quality.stop_db = decibels(power(body(out, 8000)) / (kAmplitude * kAmplitude / 2));
    }
  }
  double least = 1e9;
  double most = -1e9;
  for (const double hertz :
       {107.0, 307.0, 1009.0, 1801.0, 2503.0, 3001.0, 3203.0, 3307.0, 3391.0}) {
    const double change = tone_change(path, hertz);
    least = std::min(least, change);
    most = std::max(most, change);
  }
  quality.ripple_db = most - least;
  return quality;
}

}  // namespace centralita::bench
