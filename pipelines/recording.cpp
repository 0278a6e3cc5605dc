#include "pipelines/recording.h"

#include "plugins/law/g711.h"
#include "plugins/law/resampler.h"

#include <gio/gio.h>

#include <algorithm>
#include <span>

// Generated for C only; what it includes itself must have been included before.
extern "C" {
#include "pipelines/centralita-recordings.h"
}

namespace centralita {
namespace {

// As they are spoken in the recordings.
constexpr const char* kTexts[2][2] = {
    {"Un momento, por favor.", "One moment, please."},
    {"Lo siento, tenemos un problema técnico. Por favor, llame de nuevo en unos minutos.",
     "I am sorry, we have a technical problem. Please call again in a few minutes."}};
constexpr const char* kNames[2] = {"wait", "apology"};

std::vector<std::int16_t> resampled(std::span<const std::int16_t> samples, int rate) {
  Resampler resampler(Resampler::kBaseRate, static_cast<unsigned>(rate));
  std::vector<std::int16_t> out(resampler.max_output(samples.size()) + resampler.max_drain());
  auto n = resampler.push(samples, out);
  n += resampler.drain(std::span(out).subspan(n));
  out.resize(n);
  return out;
}

}  // namespace

Recording recording(Sentence sentence, const std::string& language, const WireFormat& format) {
  const auto which = static_cast<std::size_t>(sentence);
  const bool english = language.starts_with("en");
  const auto path =
      std::string("/org/centralita/recordings/") + kNames[which] + (english ? "-en.ul" : "-es.ul");
  const auto bytes = Ref<GBytes>::adopt(g_resource_lookup_data(
      centralita_recordings_get_resource(), path.c_str(), G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr));
  Recording result{.text = kTexts[which][english ? 1 : 0], .audio = {}};
  if (!bytes)
    g_error("%s is not in the program", path.c_str());
  gsize size = 0;
  const auto* data = static_cast<const std::uint8_t*>(g_bytes_get_data(bytes.get(), &size));
  const std::span mulaw(data, size);

  using Encoding = WireFormat::Encoding;
  if (format.encoding == Encoding::kMulaw) {
    result.audio.assign(mulaw.begin(), mulaw.end());
    return result;
  }
  std::vector<std::int16_t> samples(mulaw.size());
  g711::decode<g711::Law::kMu>(mulaw, samples);
  if (format.encoding == Encoding::kAlaw) {
    result.audio.resize(samples.size());
    g711::encode<g711::Law::kA>(samples, result.audio);
    return result;
  }
  if (std::find(std::begin(Resampler::kRates), std::end(Resampler::kRates),
                static_cast<unsigned>(format.rate)) == std::end(Resampler::kRates))
    return result;
  const auto pcm = resampled(samples, format.rate);
  result.audio.reserve(pcm.size() * 2);
  for (const auto sample : pcm) {
    result.audio.push_back(static_cast<std::uint8_t>(sample & 0xFF));
    result.audio.push_back(static_cast<std::uint8_t>((sample >> 8) & 0xFF));
  }
  return result;
}

}  // namespace centralita
