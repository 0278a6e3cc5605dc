#include "server/sandbox/synth.h"

#include "plugins/base/ref.h"
#include "server/sandbox/pico.h"
#include "server/sandbox/resampler.h"
#include "server/sandbox/sentence_cache.h"

extern "C" {
#include <flite/flite.h>
cst_voice* register_cmu_us_slt(const char* voxdir);
cst_voice* register_cmu_us_rms(const char* voxdir);
}

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <mutex>

namespace centralita::sandbox {
namespace {

constexpr int kEspeakRate = 22050;
constexpr int kEspeakHeader = 44;
constexpr double kEspeakWordsPerMinute = 160;

// Everything that an engine makes goes through here: volume, rate, and out.
class Output {
 public:
  Output(int from, int to, double volume, const SampleSink& sink)
      : resampler_(from, to), volume_(volume), sink_(sink) {}

  void push(std::span<const std::int16_t> samples) { hand_over(resampler_.push(samples)); }
  void finish() { hand_over(resampler_.finish()); }

 private:
  void hand_over(std::vector<std::int16_t> samples) {
    if (volume_ != 1)
      for (auto& sample : samples)
        sample =
            static_cast<std::int16_t>(std::clamp(std::lround(sample * volume_), -32768L, 32767L));
    if (!samples.empty())
      sink_(samples);
  }

  Resampler resampler_;
  double volume_;
  const SampleSink& sink_;
};

// flite counts the references of its values without locks, and a voice carries its settings: one
// sentence at a time, which takes some 40 ms.
Result<bool> flite_sentence(const SpeechPiece& piece, const std::string& sentence, int rate,
                            const SampleSink& sink) {
  static std::mutex mutex;
  static cst_voice* female = nullptr;
  static cst_voice* male = nullptr;
  std::unique_ptr<cst_wave, FreeWith<delete_wave>> wave;
  {
    const std::lock_guard lock(mutex);
    if (!female) {
      flite_init();
      female = register_cmu_us_slt(nullptr);
      male = register_cmu_us_rms(nullptr);
    }
    auto* voice = piece.voice->female ? female : male;
    flite_feat_set_float(voice->features, "duration_stretch", static_cast<float>(1 / piece.rate));
    flite_feat_set_float(voice->features, "f0_shift", static_cast<float>(piece.pitch));
    wave.reset(flite_text_to_wave(sentence.c_str(), voice));
  }
  if (!wave)
    return Unexpected("flite cannot speak \"" + sentence + "\"");
  Output output(wave->sample_rate, rate, piece.volume, sink);
  output.push({wave->samples, static_cast<std::size_t>(wave->num_samples)});
  output.finish();
  return true;
}

Result<bool> espeak_sentence(const SpeechPiece& piece, const std::string& sentence, int rate,
                             const std::atomic<bool>& cancelled, const SampleSink& sink) {
  const std::string voice = std::string(piece.voice->locale() == "es-ES" ? "es" : "es-419") +
                            (piece.voice->female ? "+f2" : "");
  const auto speed = std::to_string(static_cast<int>(kEspeakWordsPerMinute * piece.rate));
  const auto pitch = std::to_string(std::clamp(static_cast<int>(50 * piece.pitch), 0, 99));
  // Text by standard input: in an argument it could be taken for an option.
  const char* arguments[] = {"espeak-ng",   "--stdin", "--stdout",    "-b", "1",           "-v",
                             voice.c_str(), "-s",      speed.c_str(), "-p", pitch.c_str(), nullptr};
  GError* error = nullptr;
  const auto program = Ref<GSubprocess>::adopt(g_subprocess_newv(
      arguments,
      GSubprocessFlags(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                       G_SUBPROCESS_FLAGS_STDERR_SILENCE),
      &error));
  if (!program) {
    const OwnedError owned(error);
    return Unexpected("espeak-ng cannot be run: " + std::string(owned->message));
  }
  auto* to_program = g_subprocess_get_stdin_pipe(program.get());
  g_output_stream_write_all(to_program, sentence.data(), sentence.size(), nullptr, nullptr,
                            nullptr);
  g_output_stream_close(to_program, nullptr, nullptr);

  Output output(kEspeakRate, rate, piece.volume, sink);
  auto* from_program = g_subprocess_get_stdout_pipe(program.get());
  std::array<char, 8192> bytes;
  gsize filled = 0;
  gint64 received = 0;
  for (;;) {
    const auto count = g_input_stream_read(from_program, bytes.data() + filled,
                                           bytes.size() - filled, nullptr, nullptr);
    if (count <= 0 || cancelled)
      break;
    filled += static_cast<gsize>(count);
    gsize begin = 0;
    if (received < kEspeakHeader) {
      if (filled < kEspeakHeader)
        continue;
      begin = kEspeakHeader;
      received = kEspeakHeader;
    }
    std::vector<std::int16_t> samples((filled - begin) / 2);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto low = static_cast<std::uint8_t>(bytes[begin + 2 * i]);
      const auto high = static_cast<std::uint8_t>(bytes[begin + 2 * i + 1]);
      samples[i] = static_cast<std::int16_t>(low | high << 8);
    }
    output.push(samples);
    // A sample may be torn in two by the pipe.
    const bool odd = (filled - begin) % 2 != 0;
    if (odd)
      bytes[0] = bytes[filled - 1];
    filled = odd ? 1 : 0;
  }
  if (cancelled)
    g_subprocess_force_exit(program.get());
  else
    output.finish();
  g_subprocess_wait(program.get(), nullptr, nullptr);
  if (received == 0 && !cancelled)
    return Unexpected("espeak-ng said nothing for \"" + sentence + "\"");
  return true;
}

Result<bool> pico_sentence(const SpeechPiece& piece, const std::string& sentence, int rate,
                           const std::atomic<bool>& cancelled, const SampleSink& sink) {
  Output output(kPicoRate, rate, piece.volume, sink);
  const auto done =
      pico_speak(sentence, piece.rate, piece.pitch, cancelled,
                 [&](std::span<const std::int16_t> samples) { output.push(samples); });
  if (done && !cancelled)
    output.finish();
  return done;
}

SentenceCache& cache() {
  static auto* const shared = new SentenceCache;  // used until the process ends
  return *shared;
}

Result<bool> speak_sentence(const SpeechPiece& piece, const std::string& sentence, int rate,
                            const std::atomic<bool>& cancelled, const SampleSink& sink) {
  const auto key = std::string(piece.voice->name) + '|' + std::to_string(rate) + '|' +
                   std::to_string(piece.rate) + '|' + std::to_string(piece.pitch) + '|' +
                   std::to_string(piece.volume) + '|' + sentence;
  if (const auto known = cache().find(key)) {
    sink(*known);
    return true;
  }
  std::vector<std::int16_t> spoken;
  const SampleSink both = [&](std::span<const std::int16_t> samples) {
    spoken.insert(spoken.end(), samples.begin(), samples.end());
    sink(samples);
  };
  const auto done = !piece.voice->spanish() ? flite_sentence(piece, sentence, rate, both)
                    : piece.voice->female && has_pico()
                        ? pico_sentence(piece, sentence, rate, cancelled, both)
                        : espeak_sentence(piece, sentence, rate, cancelled, both);
  if (done && !cancelled)
    cache().keep(key, std::move(spoken));
  return done;
}

}  // namespace

std::vector<std::string> sentences_of(std::string_view text) {
  std::vector<std::string> sentences;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends = (text[i] == '.' || text[i] == '!' || text[i] == '?') &&
                      (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n');
    if (!ends && i + 1 != text.size())
      continue;
    auto sentence = text.substr(begin, i + 1 - begin);
    const auto first = sentence.find_first_not_of(" \n\r\t");
    if (first != std::string_view::npos)
      sentences.emplace_back(sentence.substr(first));
    begin = i + 1;
  }
  return sentences;
}

Result<bool> synthesise(const SpeechPiece& piece, int rate, const std::atomic<bool>& cancelled,
                        const SampleSink& sink) {
  if (piece.pause.count() > 0)
    sink(std::vector<std::int16_t>(static_cast<std::size_t>(piece.pause.count() * rate / 1000)));
  if (!piece.voice)
    return true;
  for (const auto& sentence : sentences_of(piece.text)) {
    if (cancelled)
      return true;
    if (std::none_of(sentence.begin(), sentence.end(),
                     [](unsigned char c) { return c >= 0x80 || g_ascii_isalnum(c); }))
      continue;  // punctuation makes no sound
    const auto done = speak_sentence(piece, sentence, rate, cancelled, sink);
    if (!done)
      return done;
  }
  return true;
}

}  // namespace centralita::sandbox
