#include "tests/bench/turns_noise.h"

#include "server/caller/wav_file.h"
#include "tests/bench/vad_noise.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>

namespace centralita::bench {
namespace {

constexpr std::size_t kLength = std::size_t{300} * replay::kRate;
constexpr char kMusic[] = "/usr/share/asterisk/moh";

replay::Samples at_level(const Sound& sound, double dbfs) {
  const double factor = 32767.0 * std::pow(10.0, dbfs / 20) / std::max(active_rms(sound), 1e-9);
  replay::Samples samples(kLength);
  for (std::size_t i = 0; i < kLength; ++i)
    samples[i] = static_cast<std::int16_t>(
        std::lround(std::clamp(factor * double{sound[i % sound.size()]}, -32767.0, 32767.0)));
  return samples;
}

Sound music(std::size_t which) {
  std::vector<std::string> files;
  if (std::filesystem::exists(kMusic))
    for (const auto& entry : std::filesystem::directory_iterator(kMusic))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    return {};
  const auto samples = caller::read_audio(files[which % files.size()], replay::kRate);
  return samples ? Sound(samples->begin(), samples->end()) : Sound();
}

// A keyboard: short bursts, two to six a second.
Sound clicks(Dice& dice) {
  Sound sound(kLength);
  for (std::size_t at = 0; at + 200 < kLength;) {
    for (std::size_t i = 0; i < 120; ++i)
      sound[at + i] = static_cast<float>(dice.normal() * std::exp(-static_cast<double>(i) / 25));
    at += static_cast<std::size_t>(dice.uniform(0.16, 0.5) * replay::kRate);
  }
  return sound;
}

}  // namespace

std::vector<NoisyLine> noisy_lines() {
  std::vector<NoisyLine> lines;
  Dice dice("turns");
  const auto add = [&](const std::string& name, const Sound& sound, double dbfs) {
    if (!sound.empty())
      lines.push_back(
          {name + ", " + std::to_string(std::lround(dbfs)) + " dBFS", at_level(sound, dbfs)});
  };
  for (const double level : {-45.0, -35.0, -25.0}) add("white noise", white(dice, kLength), level);
  for (const double level : {-35.0, -25.0}) add("pink noise", pink(dice, kLength), level);
  add("brown noise", brown(dice, kLength), -25);
  for (const double level : {-35.0, -25.0}) add("music 1", music(0), level);
  for (const std::size_t which : {1UL, 3UL})
    add("music " + std::to_string(which + 1), music(which), -25);
  add("ringing, busy, keys", call_tones(dice, kLength), -25);
  add("keyboard", clicks(dice), -25);
  return lines;
}

}  // namespace centralita::bench
