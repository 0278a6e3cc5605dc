// Labelled telephone speech for measuring voice detectors: real prompts of Debian's asterisk
// packages with known gaps, six noises at four levels, as mu-law at 8 kHz would bring it. Made anew
// each time, always the same.
//
// Ground truth comes from the clean recordings: 10 ms frames whose energy (25 ms around them) is
// less than 30 dB below the loud ones (their 95th percentile) and 10 dB over the recording's floor,
// grown by up to 60 ms to what is less than 40 dB below and 6 dB over; pauses under 150 ms are
// speech, islands under 40 ms are not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace centralita::bench {

constexpr unsigned kRate = 8000;
constexpr std::size_t kFrame = 80;  // samples of a label: 10 ms

// In frames, [begin, end).
struct Span {
  std::size_t begin, end;
};

// One recording and where speech is in it.
struct Clip {
  std::string track, noise;  // "en" and "pink", "clean" or "call"
  int snr = 0;               // dB; for noises
  std::vector<std::int16_t> samples;
  std::shared_ptr<const std::vector<Span>> speech;

  double seconds() const { return static_cast<double>(samples.size()) / kRate; }
  std::string name() const;
};

// Everything; `seconds` of each track. Ends the program with a sentence when a package is missing.
std::vector<Clip> make_corpus(double seconds);

// In place of it: a folder with manifest.csv (file,track,noise,snr_db,..), labels/TRACK.speech.csv
// (start_s,end_s) and the WAV files.
std::vector<Clip> read_corpus(const std::filesystem::path& folder);
// Writes the clips of `clips` as WAV files named name() + ".wav".
void write_wavs(const std::vector<Clip>& clips, const std::filesystem::path& folder);

}  // namespace centralita::bench
