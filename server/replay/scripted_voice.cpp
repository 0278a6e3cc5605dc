#include "server/replay/scripted_voice.h"

#include "server/caller/voicing.h"

#include <glib.h>

#include <span>
#include <vector>

namespace centralita::replay {
namespace {

constexpr char kVoice[] = "es/demo-instruct";

// Where the voice's recording begins to speak after a pause.
const std::vector<std::size_t>& onsets() {
  static const std::vector<std::size_t> found = [] {
    std::vector<std::size_t> onsets;
    const std::span<const std::int16_t> samples(recording(kVoice));
    bool was = false;
    for (std::size_t at = 0; at + kFrameSamples <= samples.size(); at += kFrameSamples) {
      const bool is = caller::is_voiced(samples.subspan(at, kFrameSamples));
      if (is && !was)
        onsets.push_back(at);
      was = is;
    }
    return onsets;
  }();
  return found;
}

Samples voice(const std::string& text, double character) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  const auto length = static_cast<std::size_t>(
      static_cast<double>(g_utf8_strlen(text.c_str(), -1)) * character * kRate / 1000);
  const auto& samples = recording(kVoice);
  Samples out(length);
  auto at = onsets()[hash % onsets().size()];
  for (auto& sample : out) sample = samples[at++ % samples.size()];
  return out;
}

Samples upsampled(const Samples& samples, int factor) {
  Samples out;
  out.reserve(samples.size() * static_cast<std::size_t>(factor));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int next = i + 1 < samples.size() ? samples[i + 1] : 0;
    for (int k = 0; k < factor; ++k)
      out.push_back(static_cast<std::int16_t>(samples[i] + (next - samples[i]) * k / factor));
  }
  return out;
}

}  // namespace

Samples scripted_voice(const std::string& text, double character, int factor) {
  return upsampled(voice(text, character), factor);
}

}  // namespace centralita::replay
