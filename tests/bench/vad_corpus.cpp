#include "tests/bench/vad_corpus.h"

#include "tests/bench/vad_noise.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace centralita::bench {
namespace {

namespace fs = std::filesystem;

constexpr char kSounds[] = "/usr/share/asterisk/sounds";
constexpr char kMusic[] = "/usr/share/asterisk/moh";
constexpr std::pair<const char*, const char*> kTracks[] = {{"en", "en_US_f_Allison"},
                                                           {"es", "es_MX_f_Allison"},
                                                           {"it", "it_IT_m_Carlo"},
                                                           {"fr", "fr_CA_f_June"}};
constexpr double kLevel = -23;           // dBFS of active speech, give or take
constexpr double kVariation = 3;         // dB from prompt to prompt
constexpr double kRoom = -70;            // dBFS, under everything
constexpr int kSnrs[] = {20, 10, 5, 0};  // dB

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(1);
}

std::vector<std::int16_t> read_wav(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto data = bytes.find("data");
  std::uint32_t rate = 0;
  if (data == std::string::npos || bytes.size() < 44)
    fail(path.string() + " is no WAV file");
  std::memcpy(&rate, bytes.data() + 24, sizeof rate);
  if (rate != kRate)
    fail(path.string() + " has another rate than 8 kHz");
  std::vector<std::int16_t> samples((bytes.size() - data - 8) / 2);
  std::memcpy(samples.data(), bytes.data() + data + 8, samples.size() * 2);
  return samples;
}

Sound to_sound(const std::vector<std::int16_t>& samples) {
  Sound out(samples.size());
  std::transform(samples.begin(), samples.end(), out.begin(),
                 [](std::int16_t s) { return static_cast<float>(s) / 32768.0f; });
  return out;
}

// --- Ground truth ------------------------------------------------------------

// dBFS of 25 ms around each frame, without what is below 100 Hz or so.
std::vector<double> frame_levels(const Sound& sound) {
  Sound high(sound.size());
  double slow = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    slow += 0.06 * (sound[i] - slow);
    high[i] = static_cast<float>(sound[i] - slow);
  }
  std::vector<double> levels;
  constexpr std::size_t kAround = 60;  // samples on each side of the frame
  for (std::size_t at = 0; at + kFrame <= high.size(); at += kFrame) {
    const std::size_t begin = at > kAround ? at - kAround : 0;
    const std::size_t end = std::min(high.size(), at + kFrame + kAround);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += double{high[i]} * high[i];
    levels.push_back(10 * std::log10(sum / (kFrame + 2 * kAround) + 1e-10));
  }
  return levels;
}

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

struct Truth {
  std::vector<Span> speech;
  double range = 0;  // dB from the floor to loud speech
};

Truth truth_of(const Sound& clean) {
  const auto levels = frame_levels(clean);
  if (levels.size() < 10)
    return {};
  const double loud = percentile(levels, 0.95);
  const double floor = percentile(levels, 0.03);
  const double sure = std::min(std::max(loud - 30, floor + 10), loud - 22);
  const double possible = std::min(std::max(loud - 40, floor + 6), loud - 26);
  constexpr std::size_t kGrow = 6, kPause = 15, kIsland = 4;  // frames

  std::vector<Span> spans;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] <= sure)
      continue;
    std::size_t last = i;  // the last sure frame of the stretch that is at least possible
    std::size_t end = i + 1;
    for (; end < levels.size() && levels[end] > possible; ++end)
      if (levels[end] > sure)
        last = end;
    std::size_t begin = i;
    while (begin > 0 && i - begin < kGrow && levels[begin - 1] > possible) --begin;
    const Span span{begin, std::min(end, last + 1 + kGrow)};
    if (!spans.empty() && span.begin < spans.back().end + kPause)
      spans.back().end = span.end;
    else
      spans.push_back(span);
    i = end - 1;
  }
  std::erase_if(spans, [](const Span& s) { return s.end - s.begin < kIsland; });
  return {std::move(spans), loud - floor};
}

double speech_rms(const Sound& sound, const std::vector<Span>& speech) {
  Sound active;
  for (const auto& s : speech)
    active.insert(active.end(), sound.begin() + static_cast<std::ptrdiff_t>(s.begin * kFrame),
                  sound.begin() + static_cast<std::ptrdiff_t>(s.end * kFrame));
  return rms(active);
}

// --- Tracks ------------------------------------------------------------------

std::vector<fs::path> prompts_in(const char* folder) {
  static constexpr const char* kNoSpeech[] = {
      "beep",    "tone",     "monkeys",       "silence",    "tt-",
      "ring",    "busy",     "congestion",    "zip",        "screaming",
      "letters", "phonetic", "demo-echotest", "recordings", "/h-"};
  std::vector<fs::path> found;
  const fs::path root = fs::path(kSounds) / folder;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
    const auto relative = fs::path("/").concat(fs::relative(entry.path(), root).string()).string();
    const bool speech = std::none_of(std::begin(kNoSpeech), std::end(kNoSpeech), [&](auto* word) {
      return relative.find(word) != std::string::npos;
    });
    if (speech && entry.path().extension() == ".wav")
      found.push_back(entry.path());
  }
  if (found.empty())
    fail("No prompts in " + root.string() +
         ": the packages of `./dev packages bench` and `./dev packages tests` are needed");
  std::sort(found.begin(), found.end());
  return found;
}

struct Track {
  Sound sound;
  std::vector<Span> speech;
  std::vector<fs::path> used;
};

// Prompts in random order with gaps of such lengths in seconds.
Track make_track(const std::string& name, const char* folder, double seconds, double shortest_gap,
                 double longest_gap) {
  Dice dice("track " + name);
  auto prompts = prompts_in(folder);
  for (std::size_t i = prompts.size(); i > 1; --i)
    std::swap(prompts[i - 1], prompts[dice.below(i)]);
  Track track;
  track.sound.resize(kRate);
  for (const auto& prompt : prompts) {
    auto sound = to_sound(read_wav(prompt));
    sound.resize(sound.size() / kFrame * kFrame);
    const double length = static_cast<double>(sound.size()) / kRate;
    if (length < 0.45 || length > 9)
      continue;
    const auto truth = truth_of(sound);
    if (truth.speech.empty() || truth.range < 33)  // too noisy to be labelled by its energy
      continue;
    const double level = kLevel + dice.uniform(-kVariation, kVariation);
    const double gain = std::pow(10, level / 20) / speech_rms(sound, truth.speech);
    constexpr std::size_t kFade = 40;  // so that a cut is no click
    for (std::size_t i = 0; i < sound.size(); ++i) {
      const double edge = static_cast<double>(std::min({i, sound.size() - 1 - i, kFade})) / kFade;
      sound[i] = static_cast<float>(std::clamp(gain * edge * sound[i], -0.99, 0.99));
    }
    const std::size_t at = track.sound.size() / kFrame;
    for (const auto& s : truth.speech) track.speech.push_back({at + s.begin, at + s.end});
    track.used.push_back(prompt);
    track.sound.insert(track.sound.end(), sound.begin(), sound.end());
    const auto gap = static_cast<std::size_t>(dice.uniform(shortest_gap, longest_gap) * 100);
    track.sound.resize(track.sound.size() + gap * kFrame);
    if (static_cast<double>(track.sound.size()) > seconds * kRate)
      break;
  }
  return track;
}

// Eight people at once, none of whom says what the track says.
Sound babble(Dice& dice, std::size_t samples, const std::vector<fs::path>& used) {
  Sound out(samples, 0);
  for (std::size_t voice = 0; voice < 8; ++voice) {
    auto prompts = prompts_in(kTracks[voice % std::size(kTracks)].second);
    std::erase_if(prompts, [&](const auto& p) {
      return std::find(used.begin(), used.end(), p) != used.end();
    });
    const double gain = std::pow(10, dice.uniform(-4, 4) / 20);
    for (std::size_t at = 0; at < samples;) {
      const auto sound = to_sound(read_wav(prompts[dice.below(prompts.size())]));
      const auto truth = truth_of(sound);
      if (truth.speech.empty() || sound.size() < kRate)
        continue;
      const std::size_t begin = truth.speech.front().begin * kFrame;
      const std::size_t end = truth.speech.back().end * kFrame;
      const double level = std::max(1e-4, speech_rms(sound, truth.speech));
      for (std::size_t i = begin; i < end && at < samples; ++i, ++at)
        out[at] += static_cast<float>(gain * sound[i] / level);
      at += dice.below(2400) + 800;
    }
  }
  return out;
}

Sound music(Dice& dice, std::size_t samples) {
  std::vector<fs::path> pieces;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(kMusic, error))
    if (entry.path().extension() == ".wav")
      pieces.push_back(entry.path());
  if (pieces.empty())
    fail(std::string("No music in ") + kMusic +
         ": the packages of `./dev packages bench` are needed");
  std::sort(pieces.begin(), pieces.end());
  const auto piece = to_sound(read_wav(pieces[dice.below(pieces.size())]));
  const std::size_t offset = dice.below(piece.size());
  Sound out(samples);
  for (std::size_t i = 0; i < samples; ++i) out[i] = piece[(offset + i) % piece.size()];
  return out;
}

std::int16_t through_mu_law(double sample) {  // ITU-T G.711
  const auto linear = static_cast<int>(std::lrint(std::clamp(sample, -1.0, 1.0) * 32767));
  const int magnitude = std::min(std::abs(linear), 32635) + 132;
  int segment = 7;
  while (segment > 0 && !(magnitude >> (segment + 7))) --segment;
  const int step = (magnitude >> (segment + 3)) & 15;
  const int decoded = ((step * 8 + 132) << segment) - 132;
  return static_cast<std::int16_t>(linear < 0 ? -decoded : decoded);
}

Clip mixed(const std::string& track, const std::string& noise_name, int snr, const Sound& clean,
           const Sound& noise, double gain, std::shared_ptr<const std::vector<Span>> speech) {
  Clip clip{track, noise_name, snr, {}, std::move(speech)};
  clip.samples.resize(clean.size());
  for (std::size_t i = 0; i < clean.size(); ++i)
    clip.samples[i] = through_mu_law(clean[i] + gain * noise[i]);
  return clip;
}

}  // namespace

std::string Clip::name() const {
  return track + "_" + noise +
         (snr != 0 || (noise != "clean" && noise != "call") ? "_" + std::to_string(snr) : "");
}

std::vector<Clip> make_corpus(double seconds) {
  std::vector<Clip> clips;
  for (const auto& [name, folder] : kTracks) {
    auto track = make_track(name, folder, seconds, 0.8, 2.5);
    const auto speech = std::make_shared<const std::vector<Span>>(std::move(track.speech));
    const double level = speech_rms(track.sound, *speech);
    const std::size_t samples = track.sound.size();
    Dice room(std::string("room ") + name);
    for (auto& s : track.sound) s += static_cast<float>(std::pow(10, kRoom / 20) * room.normal());

    const Sound nothing(samples, 0);
    clips.push_back(mixed(name, "clean", 0, track.sound, nothing, 0, speech));
    for (const std::string kind : {"white", "pink", "brown", "babble", "music", "tones"}) {
      Dice dice("noise " + kind + " " + name);
      const Sound noise = kind == "white"    ? white(dice, samples)
                          : kind == "pink"   ? pink(dice, samples)
                          : kind == "brown"  ? brown(dice, samples)
                          : kind == "babble" ? babble(dice, samples, track.used)
                          : kind == "music"  ? music(dice, samples)
                                             : call_tones(dice, samples);
      // Tones by their own level and not by that of the pauses between them.
      const double own = kind == "tones" ? active_rms(noise) : rms(noise);
      for (const int snr : kSnrs)
        clips.push_back(mixed(name, kind, snr, track.sound, noise,
                              level / own * std::pow(10, -snr / 20.0), speech));
    }

    // What a call sounds like from the caller's end: he listens for most of it.
    auto call = make_track(std::string(name) + " call", folder, seconds, 3, 9);
    Dice dice(std::string("line ") + name);
    const auto noise = line(dice, call.sound.size(), -62);
    clips.push_back(mixed(name, "call", 0, call.sound, noise, 1,
                          std::make_shared<const std::vector<Span>>(std::move(call.speech))));
  }
  return clips;
}

std::vector<Clip> read_corpus(const fs::path& folder) {
  std::ifstream manifest(folder / "manifest.csv");
  if (!manifest)
    fail("There is no manifest.csv in " + folder.string());
  std::map<std::string, std::shared_ptr<const std::vector<Span>>> labels;
  std::vector<Clip> clips;
  std::string row;
  std::getline(manifest, row);  // the heading
  while (std::getline(manifest, row)) {
    std::istringstream cells(row);
    std::string file, track, noise, snr;
    for (auto* cell : {&file, &track, &noise, &snr}) std::getline(cells, *cell, ',');
    auto& speech = labels[track];
    if (!speech) {
      std::vector<Span> spans;
      std::ifstream csv(folder / "labels" / (track + ".speech.csv"));
      double begin = 0, end = 0;
      char comma = 0;
      std::getline(csv, row);
      while (csv >> begin >> comma >> end)
        spans.push_back({static_cast<std::size_t>(std::lround(begin * 100)),
                         static_cast<std::size_t>(std::lround(end * 100))});
      speech = std::make_shared<const std::vector<Span>>(std::move(spans));
    }
    clips.push_back(
        {track, noise, snr.empty() ? 0 : std::stoi(snr), read_wav(folder / file), speech});
  }
  return clips;
}

void write_wavs(const std::vector<Clip>& clips, const fs::path& folder) {
  for (const auto& clip : clips) {
    const auto bytes = static_cast<std::uint32_t>(clip.samples.size() * 2);
    struct {
      char riff[4] = {'R', 'I', 'F', 'F'};
      std::uint32_t size;
      char wave[8] = {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '};
      std::uint32_t format_size = 16;
      std::uint16_t pcm = 1, channels = 1;
      std::uint32_t rate = kRate, byte_rate = 2 * kRate;
      std::uint16_t block = 2, bits = 16;
      char data[4] = {'d', 'a', 't', 'a'};
      std::uint32_t data_size;
    } header;
    static_assert(sizeof header == 44);
    header.size = bytes + 36;
    header.data_size = bytes;
    std::ofstream file(folder / (clip.name() + ".wav"), std::ios::binary);
    file.write(reinterpret_cast<const char*>(&header), sizeof header);
    file.write(reinterpret_cast<const char*>(clip.samples.data()), bytes);
  }
}

}  // namespace centralita::bench
