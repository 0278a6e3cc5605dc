// The law elements against those of GStreamer that do the same work: speed in buffers of 20 ms and
// of 1 s, and quality, all in one run.
//
//   law_bench [speed|quality]
//
// A sample is one of the 8 kHz side. Times are CPU time of the thread that pushes, the median of
// alternating repetitions. The last column of a speed table is what the arithmetic alone makes, in
// one second's blocks and without GStreamer.
#include "plugins/law/transcoder.h"
#include "tests/bench/chain.h"
#include "tests/bench/law_quality.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <string_view>
#include <vector>

using namespace centralita;
using namespace centralita::bench;
using g711::Law;

namespace {

constexpr int kRepetitions = 9;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Pair {
  LawPath ours;
  LawPath theirs;
};

std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs;
  for (const bool decodes : {true, false})
    for (const auto law : {Law::kMu, Law::kA})
      for (const unsigned rate : Resampler::kRates) {
        const std::string name = law == Law::kMu ? "mulaw" : "alaw";
        std::string theirs = name + (decodes ? "dec" : "enc");
        if (rate != 8000)
          theirs = decodes ? theirs + " ! audioconvert ! audioresample"
                           : "audioconvert ! audioresample ! " + theirs;
        const std::string ours = decodes ? name + "topcm" : "pcmto" + name;
        pairs.push_back({{law, decodes, rate, ours}, {law, decodes, rate, theirs}});
      }
  return pairs;
}

// Noise at a level of speech: every code occurs.
std::vector<std::uint8_t> make_input(const LawPath& path, std::size_t bytes) {
  std::vector<std::uint8_t> input(bytes);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < bytes; ++i) {
    state = state * 1664525 + 1013904223;
    input[i] = static_cast<std::uint8_t>(state >> 24);
    if (!path.decodes && i % 2 == 1)  // the upper byte of a sample: -12 dBFS
      input[i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(input[i]) / 4);
  }
  return input;
}

// CPU seconds to push `count` buffers of `ms` milliseconds.
double time_of(const LawPath& path, unsigned ms, unsigned count) {
  const std::size_t bytes = (path.decodes ? 8u : path.rate / 1000 * 2) * std::size_t{ms};
  const auto input = make_input(path, bytes);
  const auto whole = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(input.data(), bytes));
  constexpr unsigned kWarmUp = 20;
  std::vector<Ref<GstBuffer>> buffers;
  for (unsigned i = 0; i < count + kWarmUp; ++i) {
    buffers.push_back(Ref<GstBuffer>::adopt(gst_buffer_copy(whole.get())));
    GST_BUFFER_PTS(buffers.back().get()) = GstClockTime{i} * ms * GST_MSECOND;
    GST_BUFFER_DURATION(buffers.back().get()) = ms * GST_MSECOND;
  }
  Chain chain(path.elements, path.decodes ? law_caps(path.law) : pcm_caps(path.rate),
              path.decodes ? pcm_caps(path.rate) : law_caps(path.law));
  for (unsigned i = 0; i < kWarmUp; ++i) chain.push(buffers[i]);
  const double begin = cpu_seconds();
  for (unsigned i = kWarmUp; i < buffers.size(); ++i) chain.push(buffers[i]);
  return cpu_seconds() - begin;
}

double arithmetic_time(const LawPath& path, unsigned seconds) {
  using Direction = Transcoder::Direction;
  Transcoder transcoder(path.law, path.decodes ? Direction::kDecode : Direction::kEncode,
                        path.rate);
  const auto input = make_input(path, path.decodes ? 8000 : path.rate * 2);
  std::vector<std::uint8_t> output(transcoder.max_output(input.size()));
  transcoder.push(input, output);
  const double begin = cpu_seconds();
  for (unsigned i = 0; i < seconds; ++i) transcoder.push(input, output);
  return cpu_seconds() - begin;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + kRepetitions / 2, values.end());
  return values[kRepetitions / 2];
}

void print_speed(const std::vector<Pair>& pairs) {
  for (const auto& [ms, count] : {std::pair{20u, 2000u}, {1000u, 100u}}) {
    std::printf(
        "\nBuffers of %u ms: million samples of 8 kHz a second of CPU (microseconds a buffer)\n",
        ms);
    std::printf("%-11s %6s  %18s  %18s  %6s  %10s\n", "", "Hz", "ours", "GStreamer's", "ratio",
                "arithmetic");
    for (const auto& [ours, theirs] : pairs) {
      std::vector<double> our_times, their_times, bare_times;
      for (int i = 0; i < kRepetitions; ++i) {
        our_times.push_back(time_of(ours, ms, count));
        their_times.push_back(time_of(theirs, ms, count));
        bare_times.push_back(arithmetic_time(ours, 100));
      }
      const double samples = 8.0 * ms * count;
      const double a = median(our_times);
      const double b = median(their_times);
      std::printf("%-11s %6u  %8.1f (%7.2f)  %8.1f (%7.2f)  %5.1fx  %10.1f\n",
                  ours.elements.c_str(), ours.rate, samples / a / 1e6, a / count * 1e6,
                  samples / b / 1e6, b / count * 1e6, b / a, 100 * 8000 / median(bare_times) / 1e6);
    }
  }
}

void print_quality(const std::vector<Pair>& pairs) {
  std::printf("\nQuality, ours | GStreamer's\n%-11s %6s  %15s  %17s  %17s  %15s\n", "", "Hz",
              "SNR dB", "stop band dB", "ripple dB", "latency ms");
  for (const auto& [ours, theirs] : pairs) {
    const auto a = measure(ours);
    const auto b = measure(theirs);
    std::printf("%-11s %6u  %6.2f | %6.2f  %7.1f | %7.1f  %7.4f | %7.4f  %6.3f | %6.3f\n",
                ours.elements.c_str(), ours.rate, a.snr_db, b.snr_db, a.stop_db, b.stop_db,
                a.ripple_db, b.ripple_db, a.latency_ms, b.latency_ms);
  }
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(nullptr, nullptr);
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto pairs = all_pairs();
  std::printf("instruction set: %s\n", best_kernels().name);
  if (what != "quality")
    print_speed(pairs);
  if (what != "speed")
    print_quality(pairs);
  return 0;
}
