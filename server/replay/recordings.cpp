#include "server/replay/recordings.h"

#include "server/caller/wav_file.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <stdexcept>

namespace centralita::replay {
namespace {

constexpr char kFolder[] = "/usr/share/asterisk/sounds/";

double amplitude(double dbfs) { return 32767.0 * std::pow(10.0, dbfs / 20.0); }

std::int16_t clipped(double sample) {
  return static_cast<std::int16_t>(std::lround(std::clamp(sample, -32768.0, 32767.0)));
}

}  // namespace

const Samples& recording(const std::string& name) {
  static std::map<std::string, Samples> read;
  const auto known = read.find(name);
  if (known != read.end())
    return known->second;
  const bool english = name.starts_with("en/");
  const auto file = name.starts_with("es/") || english ? name.substr(3) : name;
  const auto path =
      std::string(kFolder) + (english ? "en_US_f_Allison/" : "es_MX_f_Allison/") + file + ".wav";
  auto samples = caller::read_audio(path, kRate);
  if (!samples)
    throw std::runtime_error(samples.error());
  return read.emplace(name, std::move(*samples)).first->second;
}

void scale(Samples& samples, double db) {
  if (db == 0)
    return;
  const double factor = std::pow(10.0, db / 20.0);
  for (auto& sample : samples) sample = clipped(sample * factor);
}

Samples tone(double frequency, std::size_t samples, double dbfs) {
  Samples out(samples);
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = clipped(amplitude(dbfs) * std::numbers::sqrt2 *
                     std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / kRate));
  return out;
}

std::int16_t Noise::next(double dbfs) {
  // Uniform, so that the same bits give the same sample with every library; its RMS is its
  // half-width over the root of three.
  const double uniform = static_cast<double>(random_()) / 2147483648.0 - 1.0;
  return clipped(uniform * amplitude(dbfs) * std::numbers::sqrt3);
}

}  // namespace centralita::replay
