#include "server/handlers/catalogue_handler.h"

#include "plugins/azure/synthesis.h"
#include "server/handlers/api.h"

#include <cstring>

namespace centralita {
namespace {

// Some sentences: what a preview costs is bounded by it.
constexpr std::size_t kLongestText = 400;  // bytes

// The 44 bytes before 16 bit mono samples (RIFF, fmt, data).
std::string wav_header(int rate, std::size_t bytes) {
  std::string header(44, '\0');
  const auto put = [&](std::size_t at, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) header[at + i] = static_cast<char>(value >> (8 * i));
  };
  std::memcpy(header.data(), "RIFF", 4);
  put(4, static_cast<std::uint32_t>(36 + bytes), 4);
  std::memcpy(header.data() + 8, "WAVEfmt ", 8);
  put(16, 16, 4);
  put(20, 1, 2);  // PCM
  put(22, 1, 2);  // channels
  put(24, static_cast<std::uint32_t>(rate), 4);
  put(28, static_cast<std::uint32_t>(rate * 2), 4);
  put(32, 2, 2);
  put(34, 16, 2);
  std::memcpy(header.data() + 36, "data", 4);
  put(40, static_cast<std::uint32_t>(bytes), 4);
  return header;
}

const AudioFormat& pcm_format() {
  for (const auto& format : audio_formats())
    if (format.sample_bytes == 2)
      return format;
  g_assert_not_reached();
}

struct Preview {
  Exchange exchange;
  std::string audio;
  Slot request;
};

void preview(const IoContext& io, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  const auto text = body->string("text").value_or("");
  if (!speakable(text) || text.size() > kLongestText)
    return exchange->reply_error(400, "bad-text",
                                 "text must be something to say, of 400 bytes at the most.");
  SynthesisSettings settings;
  auto& voice = settings.voice;
  voice.name = body->string("voice").value_or(voice.name);
  voice.language = body->string("language").value_or(voice.language);
  voice.rate = std::clamp(body->number("speed").value_or(voice.rate), 0.5, 2.0);
  voice.pitch =
      static_cast<int>(std::clamp<std::int64_t>(body->integer("pitch").value_or(0), -12, 12));
  voice.volume =
      static_cast<int>(std::clamp<std::int64_t>(body->integer("volume").value_or(100), 0, 100));
  voice.style = body->string("style").value_or("");
  voice.style_degree = std::clamp(body->number("style_degree").value_or(1), 0.01, 2.0);
  settings = settings.resolved();
  if (settings.lacks_key())
    return exchange->reply_error(503, "not-configured", missing_key(kAzure).text);

  const auto job = std::make_shared<Preview>();
  job->exchange = exchange;
  job->request = Synthesis::start(
      io, settings, pcm_format(), text,
      {.on_audio = [job](auto bytes) { job->audio.append(bytes.begin(), bytes.end()); },
       .on_end =
           [job] {
             job->exchange->reply(200, "audio/wav",
                                  wav_header(pcm_format().rate, job->audio.size()) + job->audio);
             job->request.reset();
           },
       .on_failure =
           [job](const ProviderError& error) {
             job->exchange->reply_error(502, ProviderError::name(error.code), error.text);
             job->request.reset();
           }});
}

}  // namespace

void add_catalogue_handler(Router& router, const IoContext& io) {
  const auto list = [&](const char* path, Catalogue::Source (*source)()) {
    router.add("GET", path, Access::kViewer,
               [catalogue = std::make_shared<Catalogue>(io, source)](const Exchange& exchange) {
                 catalogue->ask(
                     [exchange](const json::Object& found) { exchange->reply_json(200, found); });
               });
  };
  list("/api/v1/catalogue/voices", azure_voices);
  list("/api/v1/catalogue/models", groq_models);
  router.add("POST", "/api/v1/voices/preview", Access::kEditor,
             [io](const Exchange& exchange) { preview(io, exchange); });
}

}  // namespace centralita
