// What listening for speech costs: CPU milliseconds for a second of audio.
//
//   SILERO_VAD_MODEL=silero_vad.onnx vad_bench [FILE.wav ...]     8 kHz, mono, 16 bits
//
// Without files, a minute of noise at -30 dBFS, which costs what speech does: every window is
// heard.
#include "plugins/vad/speech_detector.h"
#include "plugins/vad/window_scorer.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

using namespace centralita;

namespace {

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::vector<std::int16_t> noise() {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0, 1036);
  std::vector<std::int16_t> samples(60 * 8000);
  for (auto& s : samples) s = static_cast<std::int16_t>(std::lrint(normal(random)));
  return samples;
}

std::vector<std::int16_t> read_wav(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto data = bytes.find("data");
  if (data == std::string::npos)
    return {};
  std::vector<std::int16_t> samples((bytes.size() - data - 8) / 2);
  std::memcpy(samples.data(), bytes.data() + data + 8, samples.size() * 2);
  return samples;
}

void measure(const char* what, unsigned rate, std::span<const std::int16_t> samples,
             std::shared_ptr<const SileroWeights> weights) {
  WindowScorer scorer(rate, std::move(weights));
  SpeechDetector detector({});
  std::size_t edges = 0;
  const double begin = cpu_ms();
  for (auto rest = samples; !rest.empty();) {
    auto frame = rest.first(std::min<std::size_t>(rest.size(), rate / 50));
    rest = rest.subspan(frame.size());
    while (!frame.empty())
      if (const auto score = scorer.push(frame))
        edges += detector.push(score->probability, scorer.window()).has_value();
  }
  const double seconds = static_cast<double>(samples.size()) / rate;
  std::printf("%-24s %5u Hz %8.1f s %5zu edges  %.3f ms/s\n", what, rate, seconds, edges,
              (cpu_ms() - begin) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::int16_t> samples;
  for (int i = 1; i < argc; ++i) {
    const auto more = read_wav(argv[i]);
    samples.insert(samples.end(), more.begin(), more.end());
  }
  if (samples.empty())
    samples = noise();

  const char* path = std::getenv("SILERO_VAD_MODEL");
  const double begin = cpu_ms();
  const auto weights = SileroWeights::load(path ? path : "");
  if (!weights) {
    std::fprintf(stderr, "%s\n", weights.error().c_str());
    return 1;
  }
  std::printf("weights read in %.1f ms\n", cpu_ms() - begin);
  measure("silero", 8000, samples, *weights);
  measure("silero, as if 16 kHz", 16000, samples, *weights);
  measure("level over noise floor", 8000, samples, nullptr);
  measure("silence", 8000, std::vector<std::int16_t>(60 * 8000), *weights);
  return 0;
}
