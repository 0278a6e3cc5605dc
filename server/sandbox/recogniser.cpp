#include "server/sandbox/recogniser.h"

#include "server/sandbox/g2p_es.h"
#include "server/sandbox/phrase_grammar.h"
#include "server/sandbox/resampler.h"

#include <pocketsphinx.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>

namespace centralita::sandbox {
namespace {

constexpr int kModelRate = 16000;
constexpr int kFramesPerSecond = 100;
constexpr double kImageGain = 0.5;
constexpr double kLeastLevel = 37;  // dB over one step: -53 dBFS
constexpr double kLeastRange = 6;   // dB between the quiet and the loud tenths of an utterance
// Measured with tests/server/sandbox/accuracy_main.cpp on recorded prompts: of those in the lists
// it keeps 95 % of what was heard rightly, and it drops 47 % of what is in no list.
constexpr double kAcceptedConfidence = -2.3;
// Of the frames in which the free phones hear something, the words must be this part: a phrase in
// the middle of much else is not what was said.
constexpr double kLeastCoverage = 0.6;

std::string model_folder() {
  const char* folder = std::getenv("POCKETSPHINX_MODEL_DIR");
  return std::string(folder && *folder ? folder : CENTRALITA_POCKETSPHINX_MODEL_DIR) + "/en-us/";
}

// The pronunciations of the words that are needed, out of the 134,000 of CMUdict. Variants follow
// their word: "the", "the(2)".
std::multimap<std::string, std::string> english_pronunciations(
    const std::vector<std::string>& words) {
  std::multimap<std::string, std::string> found;
  std::ifstream dictionary(model_folder() + "cmudict-en-us.dict");
  for (std::string line; std::getline(dictionary, line);) {
    const auto space = line.find(' ');
    const auto word = line.substr(0, std::min(space, line.find('(')));
    if (space != std::string::npos && std::binary_search(words.begin(), words.end(), word))
      found.emplace(word, line.substr(space + 1));
  }
  return found;
}

std::multimap<std::string, std::string> pronunciations(const std::string& language,
                                                       const std::vector<std::string>& words) {
  if (language != "es")
    return english_pronunciations(words);
  std::multimap<std::string, std::string> all;
  for (const auto& word : words)
    for (const auto& phones : spanish_pronunciations(word)) all.emplace(word, phones);
  return all;
}

// Telephone speech in a wide-band file: a headset's, or a recording at 8 kHz that somebody
// up-sampled. Whether the band above 4 kHz holds less than a ten-thousandth of the energy; real
// speech has ten to a hundred times that there.
bool is_narrow_band(std::span<const std::int16_t> samples) {
  constexpr int kHalf = 15;  // of a high pass at 4.4 kHz: a windowed sinc
  static const auto taps = [] {
    std::array<double, 2 * kHalf + 1> h{};
    for (int n = -kHalf; n <= kHalf; ++n) {
      const double window = 0.5 + 0.5 * std::cos(M_PI * n / (kHalf + 1));
      const double low = n == 0 ? 0.55 : std::sin(M_PI * 0.55 * n) / (M_PI * n);
      h[static_cast<std::size_t>(n + kHalf)] = ((n == 0 ? 1.0 : 0.0) - low) * window;
    }
    return h;
  }();
  double high = 0, all = 0;
  for (std::size_t i = 0; i + taps.size() <= samples.size(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < taps.size(); ++k) sum += taps[k] * samples[i + k];
    high += sum * sum;
    all += static_cast<double>(samples[i]) * samples[i];
  }
  return high < 1e-4 * all;
}

std::vector<std::int16_t> for_the_model(const Audio& audio) {
  if (audio.rate == kModelRate && is_narrow_band(audio.samples)) {
    Resampler down(kModelRate, kModelRate / 2);
    Audio narrow{.rate = kModelRate / 2, .samples = down.push(audio.samples)};
    const auto tail = down.finish();
    narrow.samples.insert(narrow.samples.end(), tail.begin(), tail.end());
    return for_the_model(narrow);
  }
  if (audio.rate == kModelRate)
    return audio.samples;
  if (audio.rate != kModelRate / 2) {
    Resampler resampler(audio.rate, kModelRate);
    auto samples = resampler.push(audio.samples);
    const auto tail = resampler.finish();
    samples.insert(samples.end(), tail.begin(), tail.end());
    return samples;
  }
  const auto folded = upsample_folded(audio.samples, kImageGain);
  std::vector<std::int16_t> samples(folded.size());
  std::transform(folded.begin(), folded.end(), samples.begin(), [](float s) {
    return static_cast<std::int16_t>(std::clamp(std::lround(s), -32768L, 32767L));
  });
  return samples;
}

// Whether there is anything like speech: loud enough, and rising and falling as speech does. A hum,
// a hiss and silence are stationary; the grammar would find a short word in them.
bool rises_and_falls(const std::vector<std::int16_t>& samples) {
  constexpr std::size_t kFrame = kModelRate / kFramesPerSecond;
  std::vector<double> levels;
  for (std::size_t at = 0; at + kFrame <= samples.size(); at += kFrame) {
    double energy = 1;
    for (std::size_t i = at; i < at + kFrame; ++i)
      energy += static_cast<double>(samples[i]) * samples[i] / kFrame;
    levels.push_back(10 * std::log10(energy));
  }
  if (levels.empty())
    return false;
  std::sort(levels.begin(), levels.end());
  const double quiet = levels[levels.size() / 10];
  const double loud = levels[levels.size() * 95 / 100];
  return loud > kLeastLevel && loud - quiet > kLeastRange;
}

}  // namespace

struct Recogniser::Impl {
  ~Impl() {
    if (decoder)
      ps_free(decoder);
    if (config)
      cmd_ln_free_r(config);
  }

  // The score of the best path, in pocketsphinx's log base.
  std::optional<double> decode(const char* search, const std::vector<std::int16_t>& samples) {
    if (ps_set_search(decoder, search) != 0 || ps_start_utt(decoder) != 0)
      return std::nullopt;
    ps_process_raw(decoder, samples.data(), samples.size(), FALSE, TRUE);
    ps_end_utt(decoder);
    int32 score = 0;
    const char* text = ps_get_hyp(decoder, &score);
    return text ? std::optional<double>(score) : std::nullopt;
  }

  std::string language;
  const PhraseList* list = nullptr;
  cmd_ln_t* config = nullptr;
  ps_decoder_t* decoder = nullptr;
};

Recogniser::Recogniser(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recogniser::~Recogniser() = default;

Result<std::unique_ptr<Recogniser>> Recogniser::make(const std::string& language) {
  auto impl = std::make_unique<Impl>();
  impl->language = language == "es" ? "es" : "en";
  impl->list = &PhraseList::of(impl->language);
  const auto model = model_folder();
  // Noise removal takes parts of telephone speech with it, and the default beams lose a Spanish
  // phrase whose first sound fits badly; both were measured. Silence has to stay for the times.
  impl->config = cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", (model + "en-us").c_str(), "-logfn",
                             "/dev/null", "-remove_silence", "no", "-remove_noise", "no",
                             "-bestpath", "no", "-allphone_ci", "yes", "-beam", "1e-60", "-wbeam",
                             "1e-40", "-pbeam", "1e-60", nullptr);
  if (impl->config)
    impl->decoder = ps_init(impl->config);
  if (!impl->decoder)
    return Unexpected("no acoustic model in " + model + "en-us (package pocketsphinx-en-us)");

  const auto words = impl->list->vocabulary();
  const auto sounds = pronunciations(impl->language, words);
  for (const auto& word : words) {
    const auto [begin, end] = sounds.equal_range(word);
    if (begin == end)
      return Unexpected("no pronunciation of \"" + word + "\"");
    int variant = 0;
    for (auto sound = begin; sound != end; ++sound) {
      const auto name = ++variant == 1 ? word : word + "(" + std::to_string(variant) + ")";
      if (ps_add_word(impl->decoder, name.c_str(), sound->second.c_str(), FALSE) < 0)
        return Unexpected("\"" + word + "\" has phones that the model lacks: " + sound->second);
    }
  }
  fsg_model_t* grammar =
      make_phrase_grammar(*impl->list, ps_get_logmath(impl->decoder),
                          static_cast<float>(cmd_ln_float32_r(impl->config, "-lw")));
  const int phrases = ps_set_fsg(impl->decoder, "phrases", grammar);
  fsg_model_free(grammar);
  const int phones =
      ps_set_allphone_file(impl->decoder, "phones", (model + "en-us-phone.lm.bin").c_str());
  if (phrases != 0 || phones != 0)
    return Unexpected("pocketsphinx does not accept the phrase grammar");
  return std::unique_ptr<Recogniser>(new Recogniser(std::move(impl)));
}

Recognition Recogniser::recognise(const Audio& audio) {
  Recognition result;
  result.duration = static_cast<double>(audio.samples.size()) / audio.rate;
  const auto samples = for_the_model(audio);
  if (!rises_and_falls(samples))
    return result;
  const auto phrase_score = impl_->decode("phrases", samples);
  if (!phrase_score)
    return result;
  std::vector<std::string> spoken;
  int frames = 0;  // of the words, without the silence around them
  for (ps_seg_t* segment = ps_seg_iter(impl_->decoder); segment; segment = ps_seg_next(segment)) {
    std::string word = ps_seg_word(segment);
    if (word.empty() || word.front() == '<' || word.front() == '[' || word.front() == '(')
      continue;  // silence, breath, "(NULL)"
    word.resize(std::min(word.find('('), word.size()));
    int first = 0, last = 0;
    ps_seg_frames(segment, &first, &last);
    frames += last + 1 - first;
    spoken.push_back(word);
    result.words.push_back({word, static_cast<double>(first) / kFramesPerSecond,
                            static_cast<double>(last + 1) / kFramesPerSecond});
    result.heard += (result.heard.empty() ? "" : " ") + word;
  }
  const auto phone_score = impl_->decode("phones", samples);
  int sounding = 0;
  for (ps_seg_t* segment = ps_seg_iter(impl_->decoder); segment; segment = ps_seg_next(segment)) {
    const std::string_view phone = ps_seg_word(segment);
    int first = 0, last = 0;
    ps_seg_frames(segment, &first, &last);
    if (phone != "SIL" && !phone.starts_with('+'))
      sounding += last + 1 - first;
  }
  const double log_base = std::log(logmath_get_base(ps_get_logmath(impl_->decoder)));
  result.confidence =
      1024 * (*phrase_score - phone_score.value_or(0)) * log_base / std::max(1, frames);
  const bool covers = frames >= kLeastCoverage * sounding;
  if (spoken.empty() || !covers || result.confidence < kAcceptedConfidence)
    result.words.clear();
  else
    result.text = impl_->list->written(spoken);
  return result;
}

}  // namespace centralita::sandbox
