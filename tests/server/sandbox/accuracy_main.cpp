// Measures the sandbox's recogniser on recorded speech:
//
//   sandbox-accuracy es < LIST    with lines "FILE.wav<TAB>expected words"
//
// prints one line a file (confidence, expected, heard) and the totals. An empty expectation means
// that the file must be rejected.
#include "server/sandbox/recogniser.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

using namespace centralita::sandbox;

int main(int argc, char** argv) {
  const std::string language = argc > 1 ? argv[1] : "en";
  auto recogniser = Recogniser::make(language);
  if (!recogniser) {
    std::fprintf(stderr, "%s\n", recogniser.error().c_str());
    return 1;
  }
  int files = 0, right = 0, best_right = 0;
  double audio_seconds = 0, cpu = 0;
  for (std::string line; std::getline(std::cin, line);) {
    const auto tab = line.find('\t');
    const auto path = line.substr(0, tab);
    const auto expected = normalised(tab == std::string::npos ? "" : line.substr(tab + 1));
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    const auto audio = read_wav(bytes.str());
    if (!audio) {
      std::fprintf(stderr, "%s: %s\n", path.c_str(), audio.error().c_str());
      continue;
    }
    const auto begin = std::clock();
    const auto heard = (*recogniser)->recognise(*audio);
    cpu += static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    audio_seconds += heard.duration;
    ++files;
    right += normalised(heard.text) == expected;
    best_right += heard.heard == expected;
    std::printf("%s\t%.2f\t%s\t%s\t%s\n", heard.heard == expected ? "ok" : "--", heard.confidence,
                heard.text.empty() ? "rejected" : "accepted", expected.c_str(),
                heard.heard.c_str());
  }
  std::printf("files %d, answers right %d, best phrase right %d, cpu/s of audio %.3f\n", files,
              right, best_right, audio_seconds > 0 ? cpu / audio_seconds : 0);
}
